/* Kills a program at its n-th call that changes something on the disk, or makes that call fail; makes reads of one file
   fail, or every other read and write be interrupted. Preloaded by tests/fix_killed.rs and tests/faults.rs. Git, which
   the program starts, is left alone.

   KILL_AT=n KILL_HOW=kill|refuse    the n-th call
   FAIL_FILE=name FAIL_WITH=errno    opening that file fails; with FAIL_READS=n, all reads of it after the n-th
   INTERRUPT=1                       every other read and write
   CUT_FILE=ending                   files of that ending are emptied once they are mapped */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static long calls;

static int is_other(void) {
    return strcmp(program_invocation_short_name, "git") == 0;
}

static int is_meant(void) {
    return !is_other() && getenv("KILL_AT") != NULL;
}

static int is_meant_now(void) {
    return is_meant() && ++calls == atol(getenv("KILL_AT"));
}

static void kill_if_asked(void) {
    if (strcmp(getenv("KILL_HOW"), "kill") == 0)
        raise(SIGKILL);
}

/* Counts a call; kills at the one that is meant, or returns 1 so that it fails. */
static int step(void) {
    if (!is_meant_now())
        return 0;
    kill_if_asked();
    return 1;
}

static int fails(void) {
    errno = ENOSPC;
    return -1;
}

/* The file of which reads fail, and how many were let through. */
static int failing = -1;
static long reads;

static int is_failing(const char *path) {
    const char *name = getenv("FAIL_FILE");
    const char *last = strrchr(path, '/');
    return name != NULL && !is_other() && strcmp(last ? last + 1 : path, name) == 0;
}

static int fails_as_told(void) {
    errno = atoi(getenv("FAIL_WITH"));
    return -1;
}

static int opened(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
    if ((flags & (O_CREAT | O_TRUNC)) && step())
        return fails();
    if (is_failing(path) && getenv("FAIL_READS") == NULL)
        return fails_as_told();
    int file = real(path, flags, mode);
    if (is_failing(path)) {
        failing = file;
        reads = 0;
    } else if (file == failing)
        failing = -1;
    return file;
}

/* Every other call, in each thread by itself, so that each is tried again. */
static int is_interrupted(void) {
    static __thread int odd;
    return getenv("INTERRUPT") != NULL && !is_other() && (odd = !odd);
}

ssize_t read(int file, void *bytes, size_t count) {
    REAL(read);
    if (file >= 0 && file == failing && ++reads > atol(getenv("FAIL_READS")))
        return fails_as_told();
    if (is_interrupted()) {
        errno = EINTR;
        return -1;
    }
    return real(file, bytes, count);
}

int open(const char *path, int flags, ...) {
    REAL(open);
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, int);
    va_end(rest);
    return opened(real, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    REAL(open64);
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, int);
    va_end(rest);
    return opened(real, path, flags, mode);
}

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(write);
    struct stat data;
    int is_file = fstat(file, &data) == 0 && S_ISREG(data.st_mode);
    /* Half of it gets to the disk. */
    if (is_file && is_meant_now()) {
        real(file, bytes, count / 2);
        kill_if_asked();
        return fails();
    }
    if (is_interrupted()) {
        errno = EINTR;
        return -1;
    }
    return real(file, bytes, count);
}

static void cut(int file) {
    const char *ending = getenv("CUT_FILE");
    char link[64], path[4096];
    if (ending == NULL || is_other() || file < 0)
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < (ssize_t)strlen(ending))
        return;
    path[length] = 0;
    if (strcmp(path + length - strlen(ending), ending) == 0 && truncate(path, 0) != 0)
        abort();
}

void *mmap(void *at, size_t length, int protection, int flags, int file, off_t offset) {
    REAL(mmap);
    void *map = real(at, length, protection, flags, file, offset);
    cut(file);
    return map;
}

void *mmap64(void *at, size_t length, int protection, int flags, int file, off64_t offset) {
    REAL(mmap64);
    void *map = real(at, length, protection, flags, file, offset);
    cut(file);
    return map;
}

int fsync(int file) { REAL(fsync); return step() ? fails() : real(file); }
int fdatasync(int file) { REAL(fdatasync); return step() ? fails() : real(file); }
int rename(const char *from, const char *to) { REAL(rename); return step() ? fails() : real(from, to); }
int unlink(const char *path) { REAL(unlink); return step() ? fails() : real(path); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); return step() ? fails() : real(path, mode); }
int fchmod(int file, mode_t mode) { REAL(fchmod); return step() ? fails() : real(file, mode); }
int fchown(int file, uid_t owner, gid_t group) { REAL(fchown); return step() ? fails() : real(file, owner, group); }
int ftruncate64(int file, off64_t length) { REAL(ftruncate64); return step() ? fails() : real(file, length); }
int link(const char *from, const char *to) { REAL(link); return step() ? fails() : real(from, to); }
int symlink(const char *to, const char *path) { REAL(symlink); return step() ? fails() : real(to, path); }
int rmdir(const char *path) { REAL(rmdir); return step() ? fails() : real(path); }
int chmod(const char *path, mode_t mode) { REAL(chmod); return step() ? fails() : real(path, mode); }
int unlinkat(int folder, const char *path, int flags) { REAL(unlinkat); return step() ? fails() : real(folder, path, flags); }
