//! Rows of answers: findings, persons, and what was not assessed.
use crate::days::day_of;
use crate::eras::Metrics;
use crate::summary::Summary;
use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Float64Builder, Int32Builder, Int64Builder, RecordBatch,
    StringBuilder, UInt32Builder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use jiff::civil::Date;
use posology_model::{Finding, NotAssessed, Severity};
use std::fmt::Write as _;
use std::sync::Arc;

/// Whose rows they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonId<'p> {
    /// A number, as OMOP has it.
    Number(i64),
    /// A text, as FHIR has it.
    Text(&'p str),
}

/// Answers of a batch of persons.
#[derive(Debug, Clone)]
pub struct Batches {
    /// One row a person and finding.
    pub findings: RecordBatch,
    /// One row a person.
    pub persons: RecordBatch,
    /// One row a person and thing that could not be assessed.
    pub not_assessed: RecordBatch,
    /// Counts.
    pub summary: Summary,
}

fn fields(text_ids: bool, rest: &[(&str, DataType)]) -> SchemaRef {
    let id = if text_ids { DataType::Utf8 } else { DataType::Int64 };
    let mut all = vec![Field::new("person_id", id, false)];
    all.extend(rest.iter().map(|(n, t)| Field::new(*n, t.clone(), true)));
    Arc::new(Schema::new(all))
}

/// Schema of `findings`.
pub fn findings_schema(text_ids: bool) -> SchemaRef {
    fields(
        text_ids,
        &[
            ("rule", DataType::Utf8),
            ("severity", DataType::Utf8),
            ("substances", DataType::Utf8),
            ("first_date", DataType::Date32),
            ("last_date", DataType::Date32),
            ("title", DataType::Utf8),
            ("source", DataType::Utf8),
            ("verified", DataType::Boolean),
            ("interruptive", DataType::Boolean),
            ("figures", DataType::Utf8),
        ],
    )
}

/// Schema of `persons`.
pub fn persons_schema(text_ids: bool) -> SchemaRef {
    fields(
        text_ids,
        &[
            ("age_years", DataType::Int32),
            ("sex", DataType::Utf8),
            ("drug_rows", DataType::UInt32),
            ("drug_rows_resolved", DataType::UInt32),
            ("substances_taken", DataType::UInt32),
            ("critical", DataType::UInt32),
            ("serious", DataType::UInt32),
            ("caution", DataType::UInt32),
            ("note", DataType::UInt32),
            ("not_assessed", DataType::UInt32),
            ("opioid_benzodiazepine_days", DataType::Int32),
            ("benzodiazepine_longest_days", DataType::Int32),
            ("benzodiazepine_longest_start", DataType::Date32),
            ("benzodiazepine_longest_end", DataType::Date32),
            ("diazepam_equivalents_mean_low_mg", DataType::Float64),
            ("diazepam_equivalents_mean_high_mg", DataType::Float64),
            ("diazepam_equivalents_peak_mg", DataType::Float64),
            ("diazepam_equivalents_incomplete", DataType::Boolean),
            ("mme_mean", DataType::Float64),
            ("mme_peak", DataType::Float64),
            ("mme_incomplete", DataType::Boolean),
            ("benzodiazepine_dose_trend", DataType::Utf8),
            ("tapers", DataType::UInt32),
            ("taper_fastest_percent_4_weeks", DataType::Float64),
            ("abrupt_stops", DataType::UInt32),
        ],
    )
}

/// Schema of `not_assessed`.
pub fn gaps_schema(text_ids: bool) -> SchemaRef {
    fields(text_ids, &[("what", DataType::Utf8), ("why", DataType::Utf8), ("rules", DataType::Utf8)])
}

#[derive(Debug)]
enum Ids {
    Number(Int64Builder),
    Text(StringBuilder),
}

impl Ids {
    fn new(text: bool) -> Self {
        if text { Self::Text(StringBuilder::new()) } else { Self::Number(Int64Builder::new()) }
    }

    fn push(&mut self, id: PersonId<'_>) {
        match (self, id) {
            (Self::Number(b), PersonId::Number(n)) => b.append_value(n),
            (Self::Text(b), PersonId::Text(t)) => b.append_value(t),
            (Self::Text(b), PersonId::Number(n)) => b.append_value(n.to_string()),
            (Self::Number(b), PersonId::Text(t)) => b.append_value(t.parse().unwrap_or(-1)),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Number(b) => Arc::new(b.finish()),
            Self::Text(b) => Arc::new(b.finish()),
        }
    }
}

/// What a row of `persons` says besides the figures.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PersonRow {
    pub age: Option<i32>,
    pub sex: Option<&'static str>,
    pub rows: u32,
    pub resolved: u32,
    pub taken: u32,
    pub severity: [u32; 4],
    pub gaps: u32,
}

/// Collects rows.
#[derive(Debug)]
pub(crate) struct Builder {
    text_ids: bool,
    f_id: Ids,
    f_text: [StringBuilder; 6],
    f_dates: [Date32Builder; 2],
    f_flags: [BooleanBuilder; 2],
    p_id: Ids,
    p_age: Int32Builder,
    p_text: [StringBuilder; 2],
    p_counts: [UInt32Builder; 10],
    p_days: [Int32Builder; 2],
    p_dates: [Date32Builder; 2],
    p_numbers: [Float64Builder; 6],
    p_flags: [BooleanBuilder; 2],
    g_id: Ids,
    g_text: [StringBuilder; 3],
    scratch: String,
}

/// A finding over a period.
#[derive(Debug)]
pub(crate) struct Row<'f> {
    pub finding: &'f Finding,
    pub severity: Severity,
    pub first: Date,
    pub last: Date,
}

impl Builder {
    pub(crate) fn new(text_ids: bool) -> Self {
        Self {
            text_ids,
            f_id: Ids::new(text_ids),
            f_text: Default::default(),
            f_dates: Default::default(),
            f_flags: Default::default(),
            p_id: Ids::new(text_ids),
            p_age: Int32Builder::new(),
            p_text: Default::default(),
            p_counts: Default::default(),
            p_days: Default::default(),
            p_dates: Default::default(),
            p_numbers: Default::default(),
            p_flags: Default::default(),
            g_id: Ids::new(text_ids),
            g_text: Default::default(),
            scratch: String::new(),
        }
    }

    pub(crate) fn finding(&mut self, id: PersonId<'_>, r: &Row<'_>) {
        let f = r.finding;
        self.f_id.push(id);
        let [rule, severity, substances, title, source, figures] = &mut self.f_text;
        rule.append_value(&f.rule);
        severity.append_value(r.severity.as_str());
        let s = &mut self.scratch;
        s.clear();
        for (i, x) in f.substances.iter().enumerate() {
            if i > 0 {
                s.push('+');
            }
            s.push_str(&x.id);
        }
        substances.append_value(&*s);
        title.append_value(&f.title);
        match f.evidence.first() {
            Some(e) => {
                s.clear();
                let _ = write!(s, "{}#{}", e.source_id, e.locator);
                source.append_value(&*s);
            }
            None => source.append_null(),
        }
        if f.figures.is_empty() {
            figures.append_null();
        } else {
            s.clear();
            for (k, v) in &f.figures {
                let _ = write!(s, "{}{k}={v}", if s.is_empty() { "" } else { ";" });
            }
            figures.append_value(&*s);
        }
        self.f_dates[0].append_value(day_of(r.first));
        self.f_dates[1].append_value(day_of(r.last));
        self.f_flags[0].append_value(
            f.evidence.first().is_some_and(|e| e.confidence == posology_model::Confidence::Verified),
        );
        self.f_flags[1].append_value(f.interruptive);
    }

    pub(crate) fn person(&mut self, id: PersonId<'_>, p: &PersonRow, m: &Metrics) {
        self.p_id.push(id);
        self.p_age.append_option(p.age);
        self.p_text[0].append_option(p.sex);
        self.p_text[1].append_option(m.trend);
        let [note, caution, serious, critical] = p.severity;
        let counts =
            [p.rows, p.resolved, p.taken, critical, serious, caution, note, p.gaps, m.tapers, m.abrupt_stops];
        for (b, n) in self.p_counts.iter_mut().zip(counts) {
            b.append_value(n);
        }
        self.p_days[0].append_value(m.opioid_benzodiazepine_days);
        self.p_days[1].append_value(m.longest.map_or(0, |(a, b)| b - a + 1));
        self.p_dates[0].append_option(m.longest.map(|l| l.0));
        self.p_dates[1].append_option(m.longest.map(|l| l.1));
        let numbers = [
            m.diazepam_mean.map(|d| d.0),
            m.diazepam_mean.map(|d| d.1),
            m.diazepam_peak,
            m.mme_mean,
            m.mme_peak,
            m.taper_percent_4_weeks,
        ];
        for (b, n) in self.p_numbers.iter_mut().zip(numbers) {
            b.append_option(n);
        }
        self.p_flags[0].append_value(m.diazepam_incomplete);
        self.p_flags[1].append_value(m.mme_incomplete);
    }

    pub(crate) fn gap(&mut self, id: PersonId<'_>, g: &NotAssessed) {
        self.g_id.push(id);
        self.g_text[0].append_value(&g.what);
        self.g_text[1].append_value(&g.why);
        self.g_text[2].append_value(g.rules.join(","));
    }

    pub(crate) fn finish(mut self, summary: Summary) -> Batches {
        let text = |b: &mut StringBuilder| -> ArrayRef { Arc::new(b.finish()) };
        let [rule, severity, substances, title, source, figures] = self.f_text.each_mut().map(text);
        let [first, last] = self.f_dates.each_mut().map(|b| -> ArrayRef { Arc::new(b.finish()) });
        let flag = |b: &mut BooleanBuilder| -> ArrayRef { Arc::new(b.finish()) };
        let [verified, interruptive] = self.f_flags.each_mut().map(flag);
        let findings = batch(
            findings_schema(self.text_ids),
            vec![
                self.f_id.finish(),
                rule,
                severity,
                substances,
                first,
                last,
                title,
                source,
                verified,
                interruptive,
                figures,
            ],
        );
        let [sex, trend] = self.p_text.each_mut().map(text);
        let [rows, resolved, taken, critical, serious, caution, note, gaps, tapers, stops] =
            self.p_counts.each_mut().map(|b| -> ArrayRef { Arc::new(b.finish()) });
        let [together, longest] = self.p_days.each_mut().map(|b| -> ArrayRef { Arc::new(b.finish()) });
        let [from, to] = self.p_dates.each_mut().map(|b| -> ArrayRef { Arc::new(b.finish()) });
        let [low, high, peak, mme, mme_peak, speed] =
            self.p_numbers.each_mut().map(|b| -> ArrayRef { Arc::new(b.finish()) });
        let [d_incomplete, m_incomplete] = self.p_flags.each_mut().map(flag);
        let age: ArrayRef = Arc::new(self.p_age.finish());
        let persons = batch(
            persons_schema(self.text_ids),
            vec![
                self.p_id.finish(),
                age,
                sex,
                rows,
                resolved,
                taken,
                critical,
                serious,
                caution,
                note,
                gaps,
                together,
                longest,
                from,
                to,
                low,
                high,
                peak,
                d_incomplete,
                mme,
                mme_peak,
                m_incomplete,
                trend,
                tapers,
                speed,
                stops,
            ],
        );
        let [what, why, rules] = self.g_text.each_mut().map(text);
        let not_assessed = batch(gaps_schema(self.text_ids), vec![self.g_id.finish(), what, why, rules]);
        Batches { findings, persons, not_assessed, summary }
    }
}

/// The columns above are made together, so that they always fit; an empty batch would stand for a mistake of this file.
fn batch(schema: SchemaRef, columns: Vec<ArrayRef>) -> RecordBatch {
    RecordBatch::try_new(schema.clone(), columns).unwrap_or_else(|_| RecordBatch::new_empty(schema))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_fit_their_schemas() {
        for text in [false, true] {
            let mut b = Builder::new(text);
            b.person(PersonId::Number(1), &PersonRow::default(), &Metrics::default());
            b.gap(PersonId::Number(1), &NotAssessed { what: "a".into(), why: "b".into(), rules: vec![] });
            let out = b.finish(Summary::default());
            assert_eq!((out.persons.num_rows(), out.not_assessed.num_rows()), (1, 1));
        }
    }
}
