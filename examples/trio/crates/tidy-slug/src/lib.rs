//! Turns a title into a slug.

/// Lower-case ASCII letters and digits, everything else becomes one hyphen; common accents are dropped.
///
/// ```
/// assert_eq!(tidy_slug::slug("Crème brûlée, step 2"), "creme-brulee-step-2");
/// ```
pub fn slug(title: &str) -> String {
    let mut out = String::new();
    for c in title.chars().map(plain) {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_string()
}

fn plain(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn slugs() {
        assert_eq!(super::slug("Hello, World!"), "hello-world");
        assert_eq!(super::slug("  many   spaces "), "many-spaces");
        assert_eq!(super::slug("---"), "");
    }
}
