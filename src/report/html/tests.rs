//! What is in the page; what a browser makes of it is asked of a real one, in tests/formats.

use super::*;
use crate::model::{Outcome, Secret};
use crate::report::{Format, sample};

fn draw(outcome: &Outcome) -> String {
    sample::draw(outcome, Format::Html, &sample::style())
}

/// The page without its style sheet and script, which say nothing of the outcome.
fn content(outcome: &Outcome) -> String {
    let hashes = |page: String| page.replace(&hash(STYLE), "STYLE").replace(&hash(SCRIPT), "SCRIPT");
    hashes(draw(outcome)).replace(STYLE, "").replace(SCRIPT, "")
}

#[test]
fn the_whole_outcome_is_on_the_page() {
    insta::assert_snapshot!(content(&sample::everything()), @r#"
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'STYLE'; script-src 'SCRIPT'; base-uri 'none'; form-action 'none'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="referrer" content="no-referrer">
    <title>keyfence: shop</title>
    <style></style>
    </head>
    <body>
    <main>
    <header>
    <h1>Secrets in <span class="root">shop</span></h1>
    <button id="theme" type="button">light or dark</button>
    </header>
    <p class="verdict bad">Incomplete: 1 could not be read, so nobody knows what is in there. 3 found in the rest.</p>
    <section class="cards">
    <div class="card critical"><b>1</b><span>critical</span></div>
    <div class="card high"><b>1</b><span>high</span></div>
    <div class="card "><b>0</b><span>medium</span></div>
    <div class="card low"><b>1</b><span>low</span></div>
    <div class="card "><b>3</b><span>still in HEAD</span></div>
    <div class="card "><b>1,203</b><span>files read</span></div>
    <div class="card "><b>3</b><span>commits read</span></div>
    <div class="card "><b>3</b><span>held back</span></div>
    <div class="card critical"><b>1</b><span>not read</span></div>
    </section>
    <section class="timeline">
    <h2>When they came in</h2>
    <svg viewBox="0 0 1000 162" role="img" aria-label="findings by day">
    <g data-day="2024-02-29" tabindex="0" role="button"><title>2024-02-29: 1 (1 critical)</title><rect class="hit" x="0" y="0" width="120" height="140"/>
    <rect class="critical" x="0" y="10" width="96" height="130"/>
    </g>
    <text x="0" y="156">2024-02-29</text>
    </svg>
    <p class="more">2024-02-29 to 2024-02-29, by day; choose a bar to see its findings.</p>
    </section>
    <div class="pair">
    <section class="chart">
    <h2>By rule</h2>
    <table>
    <tr><td><button type="button" data-rule="dotenv-file" title="dotenv-file"><bdi>dotenv-file</bdi></button></td><td><svg width="200" height="12" viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true"><rect width="200" height="12" rx="2"/></svg></td><td class="number">1</td></tr>
    <tr><td><button type="button" data-rule="generic-password" title="generic-password"><bdi>generic-password</bdi></button></td><td><svg width="200" height="12" viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true"><rect width="200" height="12" rx="2"/></svg></td><td class="number">1</td></tr>
    <tr><td><button type="button" data-rule="github-pat" title="github-pat"><bdi>github-pat</bdi></button></td><td><svg width="200" height="12" viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true"><rect width="200" height="12" rx="2"/></svg></td><td class="number">1</td></tr>
    </table>
    </section>
    <section class="chart">
    <h2>By path</h2>
    <table>
    <tr><td><button type="button" data-path="app/settings.py" title="app/settings.py"><bdi>app/settings.py</bdi></button></td><td><svg width="200" height="12" viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true"><rect width="200" height="12" rx="2"/></svg></td><td class="number">2</td></tr>
    <tr><td><button type="button" data-path="deploy/.env" title="deploy/.env"><bdi>deploy/.env</bdi></button></td><td><svg width="200" height="12" viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="12" rx="2"/></svg></td><td class="number">1</td></tr>
    </table>
    </section>
    </div>
    <section class="findings">
    <h2>Findings <span id="count">3 of 3</span></h2>
    <form id="filters">
    <input id="search" type="search" placeholder="rule, path, author, commit …" aria-label="search">
    <select id="severity" aria-label="severity"><option value="">every severity</option>
    <option value="critical">critical</option>
    <option value="high">high</option>
    <option value="medium">medium</option>
    <option value="low">low</option>
    </select>
    <select id="state" aria-label="state"><option value="">there or gone</option><option value="live">still there</option><option value="gone">only in history</option></select>
    <span id="chosen"></span>
    <button id="clear" type="button">show all</button>
    </form>
    <table id="findings">
    <thead><tr>
    <th aria-sort="none"><button type="button" data-sort="severity">Severity</button></th>
    <th aria-sort="none"><button type="button" data-sort="rule">What</button></th>
    <th aria-sort="none"><button type="button" data-sort="path">Where</button></th>
    <th aria-sort="none"><button type="button" data-sort="day">Since</button></th>
    </tr></thead>
    <tbody>
    <tr data-severity="critical" data-rank="3" data-rule="github-pat" data-path="app/settings.py" data-line="3" data-day="2024-02-29" data-state="live">
    <td><span class="tag critical">critical</span></td>
    <td><details><summary>GitHub personal access token (classic)<br><code>ghp_…(40)</code></summary>
    <pre>    TOKEN = &quot;<mark>ghp_************************************</mark>&quot;  # do not commit</pre>
    <dl>
    <dt>What to do</dt><dd>Revoke it at https://github.com/settings/tokens and read the new one from the environment.</dd>
    <dt>Rule</dt><dd>github-pat, confidence certain</dd>
    <dt>Commit</dt><dd><code>1111111111111111111111111111111111111111</code><br>Ada &lt;ada@example.com&gt;<br>Add settings</dd>
    <dt>Places</dt><dd><code>old/settings.py:3 (until 333333333333)</code><br><code>app/settings.py:3 (in HEAD)</code></dd>
    <dt>Known as</dt><dd><code>kf1:564c852c-f84dfc</code></dd>
    </dl>
    </details></td>
    <td><code class="path">app/settings.py:3</code></td>
    <td>2024-02-29<br>Ada<br><code>111111111111</code></td>
    </tr>
    <tr data-severity="high" data-rank="2" data-rule="generic-password" data-path="app/settings.py" data-line="12" data-day="" data-state="live">
    <td><span class="tag high">high</span></td>
    <td><details><summary>Password in an assignment<br><code>…(11)</code></summary>
    <pre>password = &#39;<mark>***********</mark>&#39;</pre>
    <dl>
    <dt>What to do</dt><dd>Read it from the environment.</dd>
    <dt>Rule</dt><dd>generic-password, confidence medium</dd>
    <dt>Known as</dt><dd><code>kf1:4e51bfd2-ea9e8e</code></dd>
    </dl>
    </details></td>
    <td><code class="path">app/settings.py:12</code></td>
    <td></td>
    </tr>
    <tr data-severity="low" data-rank="0" data-rule="dotenv-file" data-path="deploy/.env" data-line="1" data-day="" data-state="live">
    <td><span class="tag low">low</span></td>
    <td><details><summary>Environment file<br><code>deploy/.env</code></summary>
    <dl>
    <dt>What to do</dt><dd>Put it into .gitignore and commit a template without values instead.</dd>
    <dt>Rule</dt><dd>dotenv-file, confidence medium</dd>
    <dt>Known as</dt><dd><code>kf1:2dae68a5-5ad96b</code></dd>
    </dl>
    </details></td>
    <td><code class="path">deploy/.env:1</code></td>
    <td></td>
    </tr>
    </tbody>
    </table>
    </section>
    <details class="list" open><summary>Not read (1)</summary>
    <ul>
    <li><code>app/\x1B[2Jlocked.py</code> Permission denied (os error 13).</li>
    </ul>
    </details>
    <details class="list" open><summary>This change also relaxes the guard (1)</summary>
    <ul>
    <li><code>.gitignore</code> it no longer keeps `.env` out of commits</li>
    </ul>
    </details>
    <details class="list" ><summary>Held back by somebody's decision (3)</summary>
    <ul>
    <li><code>tests/a.py:1</code> generic-password, baseline</li>
    <li><code>tests/a.py:1</code> generic-password, baseline</li>
    <li><code>tests/a.py:1</code> generic-password, allow entry: test vectors</li>
    </ul>
    </details>
    <details class="list" ><summary>Passed over (3)</summary>
    <ul>
    <li><code>dump.sql</code> too large</li>
    <li><code>logo.png</code> binary</li>
    <li><code>video.mp4</code> binary</li>
    </ul>
    </details>
    <footer>keyfence 0.1.0 · 412 rules · scan of staged · blocks from severity medium on · begun on 2025-11-25 at 22:33. Values are masked.</footer>
    </main>
    <script></script>
    </body>
    </html>
    "#);
}

#[test]
fn a_clean_page_says_so_and_has_no_table() {
    let page = content(&sample::clean());
    assert!(
        page.contains("Clean: everything was read") && !page.contains("<table"),
        "{page}"
    );
}

#[test]
fn nothing_outside_is_asked_for() {
    let page = draw(&sample::everything());
    for reference in [
        "src=",
        "href=",
        "url(",
        "@import",
        "fetch(",
        "XMLHttpRequest",
        "import(",
    ] {
        assert!(!page.contains(reference), "{reference}");
    }
}

#[test]
fn no_text_of_a_stranger_is_markup() {
    let page = content(&sample::hostile());
    assert!(
        !page.contains("<img") && !page.contains("onerror=alert(1)>\""),
        "{page}"
    );
    assert_eq!(page.matches("</script").count(), 1);
    assert_eq!(page.matches("<script").count(), 1);
}

#[test]
fn the_policy_names_the_hash_of_the_script() {
    assert_eq!(hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    assert!(draw(&sample::clean()).contains(&format!("script-src '{}'", hash(SCRIPT))));
}

#[test]
fn a_page_stays_small_however_many_findings_there_are() {
    let mut outcome = sample::clean();
    let numbered = |number: usize| {
        let mut finding = sample::mixed().findings.remove(0);
        finding.secret = Secret::new(format!("value {number}"));
        finding
    };
    outcome.findings = (0..5_003).map(numbered).collect();
    let page = draw(&outcome);
    assert_eq!(page.matches("<tr data-severity").count(), 5_000);
    assert!(page.contains("3 more are counted above"));
}
