//! What bytes look like, before any reader is chosen.

/// What an input seems to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// FHIR R4, or something that the FHIR reader will name.
    Fhir,
    /// One drug a line.
    List,
    /// A table, one medication a row.
    Table,
}

/// What the bytes look like. Anything that is neither an object nor plain text goes to the FHIR reader, whose errors tell
/// compressed, UTF-16 and XML files apart.
pub fn guess(bytes: &[u8]) -> Kind {
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let structured = body.first().is_none_or(|b| matches!(b, b'{' | b'[' | b'<'));
    let Ok(text) = std::str::from_utf8(body) else { return Kind::Fhir };
    if structured || text.contains('\0') {
        return Kind::Fhir;
    }
    if is_table(text) { Kind::Table } else { Kind::List }
}

/// A header line: several cells, no digits, one of them the name of a column that holds a drug.
fn is_table(text: &str) -> bool {
    let head = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    let cells: Vec<String> = head
        .split([',', ';', '\t'])
        .map(|c| c.trim().trim_matches('"').to_lowercase().replace([' ', '-'], "_"))
        .collect();
    let drug = [
        "drug",
        "medication",
        "medicine",
        "drug_name",
        "medication_name",
        "name",
        "product",
        "substance",
        "code",
    ];
    cells.len() > 1
        && !head.contains(|c: char| c.is_ascii_digit() || c == ':')
        && cells.iter().any(|c| drug.contains(&c.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told_from_the_others() {
        assert_eq!(guess(b"{\"resourceType\": \"Bundle\"}"), Kind::Fhir);
        assert_eq!(guess(b"\xff\xfe"), Kind::Fhir);
        assert_eq!(guess(b"drug,sig,start\ndiazepam 5 mg,1 daily,2026-01-01"), Kind::Table);
        assert_eq!(guess(b"diazepam 5 mg tablet, 1 three times a day"), Kind::List);
    }
}
