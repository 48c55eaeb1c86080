//! Rows of `drug_exposure`, and the exposures that a supply makes.
use crate::days::date_of;
use crate::eras::Supply;
use crate::omop::{Concepts, EntryKind8, Template, Who, sex_of, text, whole};
use crate::table::{date_column, number_column, text_column, whole_column};
use arrow::array::{Array, RecordBatch};
use jiff::civil::Date;
use posology_knowledge::{EndKnown, Exposure, ResolvedCase};
use posology_model::ReadConfidence;

/// Columns of `drug_exposure`, looked up once a batch.
pub(super) struct DrugRows<'b> {
    pub(super) concept: &'b arrow::array::Int64Array,
    pub(super) start: &'b arrow::array::Date32Array,
    pub(super) end: &'b arrow::array::Date32Array,
    pub(super) id: &'b arrow::array::Int64Array,
    pub(super) kind: &'b arrow::array::Int64Array,
    pub(super) quantity: &'b arrow::array::Float64Array,
    pub(super) days: &'b arrow::array::Float64Array,
    pub(super) sig: &'b arrow::array::StringArray,
    pub(super) route: &'b arrow::array::Int64Array,
    pub(super) provider: &'b arrow::array::Int64Array,
    pub(super) source: &'b arrow::array::StringArray,
    pub(super) code: &'b arrow::array::StringArray,
    pub(super) name: &'b arrow::array::StringArray,
    sex: &'b arrow::array::StringArray,
    birth: &'b arrow::array::Date32Array,
    year: &'b arrow::array::Int64Array,
    last_kind: std::cell::Cell<Option<(i64, EntryKind8)>>,
}

impl<'b> DrugRows<'b> {
    pub(super) fn new(b: &'b RecordBatch) -> Self {
        Self {
            concept: whole_column(b, "drug_concept_id"),
            start: date_column(b, "drug_exposure_start_date"),
            end: date_column(b, "drug_exposure_end_date"),
            id: whole_column(b, "drug_exposure_id"),
            kind: whole_column(b, "drug_type_concept_id"),
            quantity: number_column(b, "quantity"),
            days: number_column(b, "days_supply"),
            sig: text_column(b, "sig"),
            route: whole_column(b, "route_concept_id"),
            provider: whole_column(b, "provider_id"),
            source: text_column(b, "drug_source_value"),
            code: text_column(b, "drug_code"),
            name: text_column(b, "drug_name"),
            sex: text_column(b, "sex"),
            birth: date_column(b, "birth_date"),
            year: whole_column(b, "year_of_birth"),
            last_kind: std::cell::Cell::new(None),
        }
    }

    pub(super) fn kind(&self, i: usize, concepts: &Concepts) -> EntryKind8 {
        let id = whole(self.kind, i);
        match self.last_kind.get() {
            Some((k, kind)) if k == id => kind,
            _ => {
                let kind = EntryKind8::of_type(id, concepts);
                self.last_kind.set(Some((id, kind)));
                kind
            }
        }
    }

    /// Sex and birth from a flat table.
    pub(super) fn who(&self, rows: std::ops::Range<usize>) -> Who {
        let mut w = Who::default();
        for i in rows {
            w.sex = w.sex.or_else(|| sex_of(text(self.sex, i)));
            if w.birth.is_none() && i < self.birth.len() && !self.birth.is_null(i) {
                w.birth = Some(date_of(self.birth.value(i)));
            }
            let year = whole(self.year, i);
            if w.birth.is_none() && (1800..2300).contains(&year) {
                w.birth = Date::new(year as i16, 1, 1).ok();
            }
        }
        w
    }
}

/// The exposures of a supply.
pub(super) fn expose(t: &Template, s: &Supply, out: &mut ResolvedCase) {
    for g in t.not_assessed.iter().chain(&[]) {
        if !out.not_assessed.contains(g) {
            out.not_assessed.push(g.clone());
        }
    }
    out.unverified_codes.extend(t.unverified.iter().cloned());
    for e in &t.exposures {
        let mut x: Exposure = e.clone();
        x.path = format!("drug_exposure {}", s.row);
        x.start = Some(date_of(s.start));
        x.end = Some(date_of(s.end));
        x.end_known = EndKnown::Yes;
        x.days_supply = s.days;
        x.quantity = s.quantity;
        if s.provider != 0 {
            x.prescriber = Some(s.provider.to_string());
        }
        if let Some(n) = s.per_day.filter(|_| !t.has_dose) {
            x.dose_confidence = ReadConfidence::Medium;
            if let Some(mg) = x.strength_mg {
                // Pieces a day are known, pieces a dose are not: one is assumed, and said.
                x.daily_mg = Some((n * mg, n * mg));
                x.times_per_day = Some((n, n));
                x.single_mg = Some((mg, mg));
                x.pieces = Some((1.0, 1.0));
                x.one_assumed = true;
            } else if let Some(c) = x.mg_per_ml {
                x.daily_mg = Some((n * c, n * c));
            } else if let Some(r) = x.mcg_per_hour {
                x.daily_mg = Some((r * 0.024, r * 0.024));
                x.pieces = Some((1.0, 1.0));
            }
        }
        out.exposures.push(x);
    }
}
