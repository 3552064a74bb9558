//! Texts of strangers in XML, HTML and Markdown.

use crate::report::escape::terminal;

/// Returns `text` as character data or a quoted attribute of XML and HTML.
///
/// What no terminal may see is spelled out first, which also keeps out the control characters that XML does not allow.
pub(in crate::report) fn xml(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 16);
    for char in terminal(text).chars() {
        match char {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            // Characters in Unicode and not in XML.
            '\u{FFFE}' | '\u{FFFF}' => shown.push_str(&format!("\\u{{{:X}}}", u32::from(char))),
            _ => shown.push(char),
        }
    }
    shown
}

/// Returns `text` as plain words of a Markdown document: no markup, no link, no mention of anybody.
///
/// A character reference is never taken for markup, so every sign that could be one is written as such.
pub(in crate::report) fn markdown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 16);
    for char in terminal(text).chars() {
        let is_plain = !char.is_ascii() || char.is_ascii_alphanumeric() || matches!(char, ' ' | '/' | ',');
        match is_plain {
            true => shown.push(char),
            false => shown.push_str(&format!("&#{};", u32::from(char))),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_open_an_element_or_end_an_attribute() {
        assert_eq!(
            xml("\"><img src=x onerror='alert(1)'>&lt;"),
            "&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;lt;"
        );
        assert_eq!(xml("</script><!--"), "&lt;/script&gt;&lt;!--");
    }

    #[test]
    fn no_character_makes_the_xml_unreadable() {
        assert_eq!(
            xml("a\0b\x0b\u{fffe}\u{ffff}\u{85}]]>"),
            "a\\x00b\\x0B\\u{FFFE}\\u{FFFF}\\u{85}]]&gt;"
        );
    }

    #[test]
    fn a_commit_message_cannot_mention_link_or_mark_up() {
        assert_eq!(
            markdown("@ada #1 [x](y) `|`"),
            "&#64;ada &#35;1 &#91;x&#93;&#40;y&#41; &#96;&#124;&#96;"
        );
        assert_eq!(
            markdown("<b>\nhttps://e.example"),
            "&#60;b&#62;&#92;x0Ahttps&#58;//e&#46;example"
        );
    }
}
