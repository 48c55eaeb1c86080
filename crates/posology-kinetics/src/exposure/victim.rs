//! The drug whose exposure changes.
use super::enzyme::Enzyme;
use super::error::{ExposureError, within};

/// One pathway of clearance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pathway {
    /// The enzyme or transporter.
    pub enzyme: Enzyme,
    /// Fraction of systemic clearance, above 0 to 1.
    pub fm: f64,
    /// Standard deviation of logit `fm`.
    pub sd: f64,
}

/// The gut wall of one drug.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GutWall {
    /// Enzyme or transporter of the wall.
    pub enzyme: Enzyme,
    /// Fraction that escapes, above 0 to 1.
    pub fg: f64,
    /// Standard deviation of logit `fg`.
    pub sd: f64,
}

/// Largest fraction that named pathways may clear together: what is left over keeps a ratio finite.
pub const FM_CAP: f64 = 0.99;

/// Parameters of a victim, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Victim {
    /// Id, used in errors and reasons.
    pub name: String,
    pub(super) pathways: Vec<Pathway>,
    pub(super) gut: Option<GutWall>,
    pub(super) extraction: f64,
    pub(super) renal: f64,
    /// Each `fm` moved up and down by its standard deviation, on the logit scale.
    pub(super) fm_moved: Vec<[f64; 2]>,
    /// The same for `fg`.
    pub(super) fg_moved: [f64; 2],
}

/// At most this many pathways.
pub const MAX_PATHWAYS: usize = 16;

fn moved(p: f64, sd: f64) -> [f64; 2] {
    [sd, -sd].map(|by| {
        if p >= 1.0 || by == 0.0 {
            return p;
        }
        let odds = p / (1.0 - p) * libm::exp(by);
        odds / (1.0 + odds)
    })
}

impl Victim {
    /// Checks and builds.
    ///
    /// `extraction` is the hepatic extraction ratio of the unchanged drug (0 to 0.98), `renal` the fraction of
    /// clearance by kidney that no enzyme touches. Where the fractions of the pathways add up to more than
    /// [`FM_CAP`] less `renal`, they are scaled down together; a sum above 1.2 is refused as an error of the data.
    ///
    /// # Errors
    /// Names the parameter, its value and the allowed range.
    pub fn new(
        name: &str,
        mut pathways: Vec<Pathway>,
        gut: Option<GutWall>,
        extraction: f64,
        renal: f64,
    ) -> Result<Victim, ExposureError> {
        if pathways.is_empty() && gut.is_none() {
            return Err(ExposureError::NoPathway { of: name.to_owned() });
        }
        within("number of pathways", name, pathways.len() as f64, 0.0, MAX_PATHWAYS as f64, "0 to 16")?;
        within("extraction", name, extraction, 0.0, 0.98, "0 to 0.98")?;
        within("renal", name, renal, 0.0, 1.0, "0 to 1")?;
        let mut sum = 0.0;
        for p in &pathways {
            within("fm", name, p.fm, 1e-6, 1.0, "above 0 to 1")?;
            within("sd of fm", name, p.sd, 0.0, 5.0, "0 to 5")?;
            if !p.enzyme.uptake() {
                sum += p.fm;
            }
        }
        within("sum of fm", name, sum, 0.0, 1.2, "0 to 1.2")?;
        let room = (1.0 - renal).min(FM_CAP);
        if sum > room {
            for p in pathways.iter_mut().filter(|p| !p.enzyme.uptake()) {
                p.fm *= room / sum;
            }
        }
        if let Some(g) = &gut {
            within("fg", name, g.fg, 0.01, 1.0, "0.01 to 1")?;
            within("sd of fg", name, g.sd, 0.0, 5.0, "0 to 5")?;
        }
        let fm_moved = pathways.iter().map(|p| moved(p.fm, p.sd)).collect();
        let fg_moved = gut.as_ref().map_or([1.0; 2], |g| moved(g.fg, g.sd));
        Ok(Victim { name: name.to_owned(), pathways, gut, extraction, renal, fm_moved, fg_moved })
    }

    /// The pathways, after scaling.
    #[must_use]
    pub fn pathways(&self) -> &[Pathway] {
        &self.pathways
    }

    /// The gut wall, where it matters.
    #[must_use]
    pub fn gut(&self) -> Option<&GutWall> {
        self.gut.as_ref()
    }
}
