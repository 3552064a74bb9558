/* Kills a program at its n-th call that changes something on the disk, or makes that call fail: preloaded by
   tests/fix_killed.rs. The programs that it starts, which is git, are left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static long calls;

static int is_meant(void) {
    return strcmp(program_invocation_short_name, "git") != 0 && getenv("KILL_AT") != NULL;
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

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static int opened(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
    if ((flags & (O_CREAT | O_TRUNC)) && step())
        return fails();
    return real(path, flags, mode);
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
    return real(file, bytes, count);
}

int fsync(int file) { REAL(fsync); return step() ? fails() : real(file); }
int fdatasync(int file) { REAL(fdatasync); return step() ? fails() : real(file); }
int rename(const char *from, const char *to) { REAL(rename); return step() ? fails() : real(from, to); }
int unlink(const char *path) { REAL(unlink); return step() ? fails() : real(path); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); return step() ? fails() : real(path, mode); }
int fchmod(int file, mode_t mode) { REAL(fchmod); return step() ? fails() : real(file, mode); }
int fchown(int file, uid_t owner, gid_t group) { REAL(fchown); return step() ? fails() : real(file, owner, group); }
int ftruncate64(int file, off64_t length) { REAL(ftruncate64); return step() ? fails() : real(file, length); }
