//! What a dose can be made of: the oral products of one substance in one country.
use crate::mass::{Mass, gcd};
use posology_knowledge::schema::{Divisible, Jurisdiction, Product, ProductStatus, SubstanceFile, Syringe};

/// A product that can be used.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// In words: "diazepam 2 mg tablet".
    pub name: String,
    /// Substance id.
    pub substance: String,
    /// Solid or liquid.
    pub kind: ItemKind,
    /// RxNorm code of the product, where the knowledge has one.
    pub rxnorm: Option<String>,
}

/// Solid or liquid.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemKind {
    /// Counted in pieces.
    Solid {
        /// Of a whole piece.
        strength: Mass,
        /// Into how many equal parts it can be divided: 1, 2 or 4.
        parts: i64,
    },
    /// Measured with a syringe.
    Liquid {
        /// In a hundredth of a millilitre.
        per_centi_ml: Mass,
        /// Milligrams per millilitre.
        mg_per_ml: f64,
        /// Size and mark of the syringes, in hundredths of a millilitre, smallest first.
        syringes: Vec<(i64, i64)>,
    },
}

impl Item {
    /// The smallest amount that it gives: part of a tablet, or a mark of the smallest syringe.
    pub fn unit(&self) -> Mass {
        match &self.kind {
            ItemKind::Solid { strength, parts } => Mass(strength.0 / parts.max(&1)),
            ItemKind::Liquid { per_centi_ml, syringes, .. } => {
                *per_centi_ml * syringes.first().map_or(1, |s| s.1)
            }
        }
    }

    /// Whether it is measured.
    pub fn is_liquid(&self) -> bool {
        matches!(self.kind, ItemKind::Liquid { .. })
    }

    /// Pieces to handle and how many of them are parts of a tablet, for an amount; `None` where it cannot be made of this product.
    pub fn pieces(&self, amount: Mass) -> Option<(u32, u32)> {
        if amount == Mass::ZERO {
            return Some((0, 0));
        }
        let unit = self.unit().0;
        if unit <= 0 || amount.0 < 0 {
            return None;
        }
        match &self.kind {
            ItemKind::Solid { parts, .. } => {
                if amount.0 % unit != 0 {
                    return None;
                }
                let n = amount.0 / unit;
                let (whole, rest) = (n / parts, n % parts);
                // One part left over is one piece; of quarters, two are a half and three a half and a quarter.
                let split = match (*parts, rest) {
                    (_, 0) => 0,
                    (4, 3) => 2,
                    _ => 1,
                };
                Some((u32::try_from(whole).ok()? + split, split))
            }
            ItemKind::Liquid { per_centi_ml, syringes, .. } => {
                if amount.0 % per_centi_ml.0.max(1) != 0 {
                    return None;
                }
                let v = amount.0 / per_centi_ml.0.max(1);
                let (_, mark) = syringes.iter().find(|(size, _)| v <= *size)?;
                (v % mark == 0).then_some((1, 0))
            }
        }
    }

    /// Volume of an amount, mL; `None` for solids.
    pub fn volume_ml(&self, amount: Mass) -> Option<f64> {
        match &self.kind {
            ItemKind::Liquid { per_centi_ml, .. } if per_centi_ml.0 > 0 => {
                Some(amount.0 as f64 / per_centi_ml.0 as f64 / 100.0)
            }
            _ => None,
        }
    }

    /// Smallest mark of the syringe that measures a volume, mL.
    pub fn mark_ml(&self, amount: Mass) -> Option<f64> {
        match &self.kind {
            ItemKind::Liquid { per_centi_ml, syringes, .. } if per_centi_ml.0 > 0 => {
                let v = amount.0 / per_centi_ml.0;
                syringes.iter().find(|(size, _)| v <= *size).map(|s| s.1 as f64 / 100.0)
            }
            _ => None,
        }
    }
}

/// Everything that a dose of one substance can be made of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stock {
    /// Products, solids by falling strength, then liquids by falling concentration.
    pub items: Vec<Item>,
    /// Products left out, and why, for people.
    pub left_out: Vec<String>,
}

const PLAIN: [&str; 6] = ["tablet", "capsule", "odt", "chewable-tablet", "effervescent-tablet", "dr-tablet"];
const LIQUIDS: [&str; 3] = ["oral-solution", "oral-concentrate", "oral-suspension"];

impl Stock {
    /// The products of a substance in a country.
    ///
    /// `form` is the form taken now, where known: a modified-release product is used only when it is what is taken, or when there is no
    /// other. Withdrawn products and other routes are left out. Nothing modified in release, and no capsule, is ever divided.
    pub fn new(
        s: &SubstanceFile,
        country: Jurisdiction,
        form: Option<&str>,
        syringes: &[Syringe],
        mark_ml: Option<f64>,
    ) -> Self {
        let here: Vec<&Product> = s
            .products
            .iter()
            .filter(|p| p.route == "oral" && p.status == ProductStatus::Marketed)
            .filter(|p| p.jurisdiction.is_empty() || p.jurisdiction.contains(&country))
            .collect();
        let mut out = Self::default();
        let modified = |p: &Product| matches!(p.form.as_str(), "er-tablet" | "er-capsule" | "dr-capsule");
        let plain_there =
            here.iter().any(|p| PLAIN.contains(&p.form.as_str()) || LIQUIDS.contains(&p.form.as_str()));
        let use_modified = form.is_some_and(|f| f.starts_with("er-") || f == "dr-capsule") || !plain_there;
        let wanted_form = form.filter(|f| f.starts_with("er-"));
        for p in &here {
            let plain = PLAIN.contains(&p.form.as_str());
            if let Some(mg) = p.strength_mg
                && (plain && !use_modified
                    || modified(p) && use_modified && wanted_form.is_none_or(|f| f == p.form))
            {
                out.solid(s, p, mg);
            }
            if let Some(c) = p.mg_per_ml
                && LIQUIDS.contains(&p.form.as_str())
                && !use_modified
            {
                out.liquid(s, p, c, syringes, mark_ml);
            }
        }
        if use_modified && plain_there {
            out.left_out.push(
                "immediate-release products: the modified-release form taken now is not changed by this plan"
                    .into(),
            );
        }
        if !use_modified && here.iter().any(|p| modified(p)) {
            out.left_out.push(
                "modified-release products: they can be neither divided nor mixed with others here".into(),
            );
        }
        out.items.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name)));
        out
    }

    fn solid(&mut self, s: &SubstanceFile, p: &Product, mg: f64) {
        let Some(strength) = Mass::from_mg(mg).filter(|m| m.0 > 0) else { return };
        let tablet = matches!(p.form.as_str(), "tablet" | "chewable-tablet");
        let parts = match p.divisible {
            Divisible::Halves if tablet => 2,
            Divisible::Quarters if tablet => 4,
            _ => 1,
        };
        let parts = if strength.0 % parts == 0 { parts } else { 1 };
        // Of products of one strength the one that can be divided most stays; of those the tablet.
        if let Some(old) = self
            .items
            .iter_mut()
            .find(|i| matches!(&i.kind, ItemKind::Solid { strength: x, .. } if *x == strength))
        {
            let ItemKind::Solid { parts: had, .. } = &old.kind else { return };
            let better =
                parts > *had || (parts == *had && p.form == "tablet" && !old.name.ends_with("tablet"));
            if better {
                *old = Item {
                    name: name(s, p),
                    substance: s.id.clone(),
                    kind: ItemKind::Solid { strength, parts },
                    rxnorm: p.rxnorm.first().cloned(),
                };
            }
            return;
        }
        self.items.push(Item {
            name: name(s, p),
            substance: s.id.clone(),
            kind: ItemKind::Solid { strength, parts },
            rxnorm: p.rxnorm.first().cloned(),
        });
    }

    fn liquid(&mut self, s: &SubstanceFile, p: &Product, c: f64, syringes: &[Syringe], mark_ml: Option<f64>) {
        let Some(per) = Mass::from_mg(c / 100.0).filter(|m| m.0 > 0) else { return };
        if self
            .items
            .iter()
            .any(|i| matches!(&i.kind, ItemKind::Liquid { per_centi_ml, .. } if *per_centi_ml == per))
        {
            return;
        }
        let centi = |ml: f64| (ml * 100.0).round() as i64;
        let mut marks: Vec<(i64, i64)> = match mark_ml {
            // A stated mark holds for every volume up to 20 mL.
            Some(m) => vec![(2000, centi(m).max(1))],
            None => syringes.iter().map(|s| (centi(s.size_ml), centi(s.mark_ml).max(1))).collect(),
        };
        marks.sort_unstable();
        if marks.is_empty() {
            self.left_out.push(format!("{}: no syringe is described with which to measure it", name(s, p)));
            return;
        }
        self.items.push(Item {
            name: name(s, p),
            substance: s.id.clone(),
            kind: ItemKind::Liquid { per_centi_ml: per, mg_per_ml: c, syringes: marks },
            rxnorm: p.rxnorm.first().cloned(),
        });
    }

    /// Indices of the solids.
    pub fn solids(&self) -> Vec<usize> {
        (0..self.items.len()).filter(|i| !self.items[*i].is_liquid()).collect()
    }

    /// Greatest common divisor of the units of some products: no daily dose of them lies between its multiples.
    pub fn grain(&self, use_liquids: bool) -> i64 {
        self.items.iter().filter(|i| use_liquids || !i.is_liquid()).fold(0, |g, i| gcd(g, i.unit().0))
    }

    /// Whether a liquid is among them.
    pub fn has_liquid(&self) -> bool {
        self.items.iter().any(Item::is_liquid)
    }
}

/// Solids by falling strength, then liquids by falling concentration.
fn rank(i: &Item) -> (bool, i64) {
    match &i.kind {
        ItemKind::Solid { strength, .. } => (false, -strength.0),
        ItemKind::Liquid { per_centi_ml, .. } => (true, -per_centi_ml.0),
    }
}

fn name(s: &SubstanceFile, p: &Product) -> String {
    let form =
        p.form.replace("er-", "modified-release ").replace("odt", "orodispersible tablet").replace('-', " ");
    match (p.strength_mg, p.mg_per_ml) {
        (Some(mg), _) => format!("{} {} mg {form}", s.name, crate::mass::number(mg)),
        (None, Some(c)) => format!("{} {} mg/mL {form}", s.name, crate::mass::number(c)),
        (None, None) => format!("{} {form}", s.name),
    }
}
