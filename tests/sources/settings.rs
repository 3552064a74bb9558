//! Settings and attributes change what git shows, never what it commits: nor what is read.

use std::fs;

use crate::sandbox::Sandbox;

scripted! {
    fn no_configuration_of_diffs_and_colours_matters(sandbox) {
        sandbox.commit("moved/a.txt", "1\n2\n3\n4\n5\n6\n7\n8\n");
        sandbox.commit("b.txt", "one\n");
        for (key, value) in [
            ("color.ui", "always"),
            ("color.diff", "always"),
            ("core.quotePath", "true"),
            ("core.pager", "false"),
            ("diff.renames", "false"),
            ("diff.renameLimit", "1"),
            ("diff.noprefix", "true"),
            ("diff.mnemonicPrefix", "true"),
            ("diff.relative", "true"),
            ("diff.external", "/bin/false"),
            ("diff.ignoreSubmodules", "all"),
            ("diff.algorithm", "histogram"),
            ("diff.context", "100"),
            ("diff.wsErrorHighlight", "all"),
            ("status.renames", "false"),
        ] {
            sandbox.git(&["config", key, value]);
        }
        sandbox.git(&["mv", "moved/a.txt", "\u{e4}.txt"]);
        sandbox.stage("\u{e4}.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
        sandbox.stage("b.txt", "one  \n");
        let expected = [r#"\xc3\xa4.txt: new path, added 9:"9""#, r#"b.txt: added 1:"one  ""#];
        assert_eq!(sandbox.ask(&sandbox.root().join(".git/.."), &[]), expected);
        fs::create_dir_all(sandbox.root().join("sub")).unwrap();
        assert_eq!(sandbox.ask(&sandbox.root().join("sub"), &[("GIT_EXTERNAL_DIFF", "/bin/false")]), expected);
    }

    fn no_attribute_hides_a_line(sandbox) {
        let attributes = "\
            *.bin binary\n*.nodiff -diff\n*.conv diff=conv\n*.dos text eol=crlf\n\
            *.wide working-tree-encoding=UTF-16LE-BOM\n*.export export-ignore\n*.gen linguist-generated\n";
        sandbox.git(&["config", "diff.conv.textconv", "true"]);
        sandbox.commit(".gitattributes", attributes);
        let endings = ["bin", "nodiff", "conv", "export", "gen"];
        for ending in endings {
            sandbox.commit(&format!("a.{ending}"), "one\n");
        }
        for ending in endings {
            sandbox.stage(&format!("a.{ending}"), "one\ntwo\n");
        }
        sandbox.stage("a.dos", "one\r\n");
        let wide: Vec<u8> = "\u{feff}one\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        sandbox.stage("a.wide", wide);
        let expected = [
            r#"a.bin: added 2:"two""#,
            r#"a.conv: added 2:"two""#,
            r#"a.dos: whole "one\n""#,
            r#"a.export: added 2:"two""#,
            r#"a.gen: added 2:"two""#,
            r#"a.nodiff: added 2:"two""#,
            r#"a.wide: whole "one\n""#,
        ];
        assert_eq!(sandbox.staged(), expected);
    }

    fn a_filter_decides_what_is_committed_and_so_what_is_read(sandbox) {
        sandbox.git(&["config", "filter.veil.clean", "tr a-z n-za-m"]);
        sandbox.git(&["config", "filter.veil.smudge", "tr a-z n-za-m"]);
        sandbox.git(&["config", "filter.veil.required", "true"]);
        sandbox.commit(".gitattributes", "*.veiled filter=veil\n");
        sandbox.stage("a.veiled", "plain\n");
        assert_eq!(sandbox.staged(), [r#"a.veiled: whole "cynva\n""#]);
    }

    fn noise_on_standard_error_changes_no_answer(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.stage("a.txt", "one\ntwo\n");
        let noise = [("GIT_TRACE", "1"), ("GIT_TRACE_SETUP", "1"), ("GIT_TRACE_PERFORMANCE", "1"), ("LC_ALL", "de_DE.UTF-8")];
        assert_eq!(sandbox.ask(&sandbox.root(), &noise), [r#"a.txt: added 2:"two""#]);
    }

    fn replaced_objects_do_not_hide_what_is_committed(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.stage("a.txt", "one\ntwo\n");
        let staged = sandbox.git(&["rev-parse", ":a.txt"]);
        sandbox.write("harmless.txt", "one\n");
        let harmless = sandbox.git(&["hash-object", "-w", "harmless.txt"]);
        sandbox.git(&["replace", &staged, &harmless]);
        assert_eq!(sandbox.staged(), [r#"a.txt: added 2:"two""#]);
    }

    fn a_path_set_aside_is_read_all_the_same(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.stage("a.txt", "one\ntwo\n");
        sandbox.git(&["update-index", "--assume-unchanged", "a.txt"]);
        assert_eq!(sandbox.staged(), [r#"a.txt: added 2:"two""#]);
        sandbox.git(&["update-index", "--skip-worktree", "a.txt"]);
        assert_eq!(sandbox.staged(), [r#"a.txt: added 2:"two""#]);
    }
}
