//! The user's own RxNorm files (`RXNCONSO.RRF`, `RXNREL.RRF`): names of codes that are not shipped.
use std::collections::BTreeMap;

/// Names by RXCUI, obsolete codes led to their ingredient names through relations.
#[derive(Debug, Clone, Default)]
pub struct RxNormFiles {
    names: BTreeMap<u32, String>,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RrfError {
    /// The file has no usable line.
    #[error(
        "{file} has no line of RxNorm's RRF layout ({columns} columns parted by \"|\"); give the folder rrf/ of an RxNorm release"
    )]
    Layout {
        /// File name.
        file: &'static str,
        /// Columns expected.
        columns: usize,
    },
}

impl RxNormFiles {
    /// Reads `RXNCONSO.RRF` and, where given, `RXNREL.RRF`.
    ///
    /// # Errors
    /// When a file has no line in the layout of RxNorm.
    pub fn read(conso: &str, rel: Option<&str>) -> Result<Self, RrfError> {
        let mut best: BTreeMap<u32, (u8, String)> = BTreeMap::new();
        for line in conso.lines() {
            // RXCUI|LAT|TS|LUI|STT|SUI|ISPREF|RXAUI|SAUI|SCUI|SDUI|SAB|TTY|CODE|STR|SRL|SUPPRESS|CVF|
            let cells: Vec<&str> = line.split('|').collect();
            if cells.len() < 17 || cells[11] != "RXNORM" {
                continue;
            }
            let Ok(code) = cells[0].parse::<u32>() else { continue };
            let rank = match cells[12] {
                "SCD" | "SBD" => 0,
                "GPCK" | "BPCK" => 1,
                "IN" => 2,
                "PIN" | "MIN" => 3,
                "SCDC" | "SBDC" => 4,
                "BN" => 5,
                "SCDF" | "SBDF" | "SCDG" | "SBDG" => 6,
                _ => continue,
            };
            let entry = best.entry(code).or_insert((u8::MAX, String::new()));
            if rank < entry.0 {
                *entry = (rank, cells[14].to_owned());
            }
        }
        if best.is_empty() {
            return Err(RrfError::Layout { file: "RXNCONSO.RRF", columns: 17 });
        }
        let mut names: BTreeMap<u32, String> = best.into_iter().map(|(k, (_, v))| (k, v)).collect();
        if let Some(rel) = rel {
            let mut any = false;
            let mut brand_of: Vec<(u32, u32)> = Vec::new();
            for line in rel.lines() {
                // RXCUI1|RXAUI1|STYPE1|REL|RXCUI2|RXAUI2|STYPE2|RELA|...: RXCUI2 RELA RXCUI1
                let cells: Vec<&str> = line.split('|').collect();
                if cells.len() < 8 {
                    continue;
                }
                any = true;
                if let ("has_tradename" | "tradename_of", Ok(a), Ok(b)) =
                    (cells[7], cells[0].parse(), cells[4].parse())
                {
                    brand_of.push(if cells[7] == "tradename_of" { (b, a) } else { (a, b) });
                }
            }
            if !any {
                return Err(RrfError::Layout { file: "RXNREL.RRF", columns: 8 });
            }
            // A brand name alone is replaced by the name of its ingredient, "brand" kept in brackets as in SBD names.
            for (brand, generic) in brand_of {
                if let (Some(b), Some(g)) = (names.get(&brand).cloned(), names.get(&generic).cloned())
                    && !b.contains('[')
                    && !b.chars().any(|c| c.is_ascii_digit())
                {
                    names.insert(brand, format!("{g} [{b}]"));
                }
            }
        }
        Ok(Self { names })
    }

    /// Name of a code.
    pub fn name(&self, code: &str) -> Option<&str> {
        self.names.get(&code.parse().ok()?).map(String::as_str)
    }

    /// Number of codes.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
