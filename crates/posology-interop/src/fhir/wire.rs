//! The FHIR data types that are read: flat, borrowed, unknown fields skipped. Everything is optional, because a record
//! with a gap is read with a gap, not refused.
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// A string, borrowed from the input unless it has escapes (serde copies every `Option<Cow<str>>`; this does not).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl Text<'_> {
    pub(super) fn as_str(&self) -> &str {
        self.0.trim()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E: Error>(self, v: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(v)))
            }
            fn visit_str<E: Error>(self, v: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(v.to_owned())))
            }
        }
        d.deserialize_str(V)
    }
}

/// A decimal. Servers that write decimals as strings are understood; infinity and NaN are not numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Num(pub(super) f64);

impl<'de> Deserialize<'de> for Num {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V;
        impl Visitor<'_> for V {
            type Value = Num;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }
            fn visit_f64<E: Error>(self, v: f64) -> Result<Num, E> {
                Ok(Num(v))
            }
            fn visit_i64<E: Error>(self, v: i64) -> Result<Num, E> {
                Ok(Num(v as f64))
            }
            fn visit_u64<E: Error>(self, v: u64) -> Result<Num, E> {
                Ok(Num(v as f64))
            }
            fn visit_str<E: Error>(self, v: &str) -> Result<Num, E> {
                match v.trim().parse::<f64>() {
                    Ok(n) if n.is_finite() => Ok(Num(n)),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(v), &self)),
                }
            }
        }
        d.deserialize_any(V)
    }
}

/// A list. `null` is an empty list, and an object where a list belongs is a list of one: neither loses anything.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct List<T>(pub(super) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> std::ops::Deref for List<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for V<T> {
            type Value = List<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_unit<E: Error>(self) -> Result<List<T>, E> {
                Ok(List(Vec::new()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
                let mut out = Vec::new();
                while let Some(x) = seq.next_element::<Option<T>>()? {
                    out.extend(x);
                }
                Ok(List(out))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<List<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|x| List(vec![x]))
            }
        }
        d.deserialize_any(V(PhantomData))
    }
}

/// A field whose presence matters, not its value: `medication` of R5, an extension that changes the meaning.
#[derive(Debug, Deserialize)]
pub(super) struct Misplaced(#[allow(dead_code)] IgnoredAny);

/// Declares a struct of the wire: every field optional, names in camelCase.
macro_rules! wire {
    ($($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident : $ty:ty),* $(,)? })+) => { $(
        $(#[$meta])*
        #[derive(Debug, Deserialize)]
        #[serde(remote = "Self", rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
        pub(super) struct $name<'a> { $($(#[$fmeta])* #[serde(default)] pub(super) $field: Option<$ty>,)*
            #[serde(skip)] pub(super) _life: std::marker::PhantomData<&'a ()> }

        // Derived structs also take a list for an object, field by field in order: FHIR knows no such thing, and a dose
        // read so would be a guess.
        impl<'de: 'a, 'a> serde::Deserialize<'de> for $name<'a> {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                struct V<'a>(std::marker::PhantomData<&'a ()>);
                impl<'de: 'a, 'a> serde::de::Visitor<'de> for V<'a> {
                    type Value = $name<'a>;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<$name<'a>, A::Error> {
                        $name::deserialize(serde::de::value::MapAccessDeserializer::new(map))
                    }
                }
                d.deserialize_map(V(std::marker::PhantomData))
            }
        }
    )+ };
}
pub(super) use wire;

wire! {
    CodingIn { system: Text<'a>, code: Text<'a>, display: Text<'a> }
    Concept { coding: List<CodingIn<'a>>, text: Text<'a> }
    Quantity { value: Num, comparator: Text<'a>, unit: Text<'a>, code: Text<'a> }
    Range { low: Quantity<'a>, high: Quantity<'a> }
    Ratio { numerator: Quantity<'a>, denominator: Quantity<'a> }
    Period { start: Text<'a>, end: Text<'a> }
    Identifier { system: Text<'a>, value: Text<'a> }
    Reference { reference: Text<'a>, identifier: Identifier<'a>, display: Text<'a> }
    Meta { version_id: Text<'a>, last_updated: Text<'a> }
    Repeat {
        bounds_duration: Quantity<'a>, bounds_range: Range<'a>, bounds_period: Period<'a>,
        count: Num, count_max: Num, frequency: Num, frequency_max: Num, period: Num, period_max: Num,
        period_unit: Text<'a>, day_of_week: List<Text<'a>>, time_of_day: List<Text<'a>>, when: List<Text<'a>>,
    }
    Timing { event: List<Text<'a>>, repeat: Repeat<'a>, code: Concept<'a> }
    DoseAndRate {
        dose_quantity: Quantity<'a>, dose_range: Range<'a>, rate_quantity: Quantity<'a>, rate_range: Range<'a>,
        rate_ratio: Ratio<'a>,
    }
    /// Also holds the fields of `MedicationAdministration.dosage` (`dose`, `rate*`) and of STU3 (`dose*` directly).
    Dosage {
        modifier_extension: Misplaced, sequence: Num, text: Text<'a>, patient_instruction: Text<'a>, timing: Timing<'a>,
        as_needed_boolean: bool, as_needed_codeable_concept: Concept<'a>, route: Concept<'a>,
        dose_and_rate: List<DoseAndRate<'a>>, max_dose_per_period: Ratio<'a>, max_dose_per_administration: Quantity<'a>,
        max_dose_per_lifetime: Quantity<'a>, dose: Quantity<'a>, dose_quantity: Quantity<'a>, dose_range: Range<'a>,
        rate_quantity: Quantity<'a>, rate_ratio: Ratio<'a>, rate_range: Range<'a>,
    }
}

/// The trimmed text of an optional field; an empty one is none.
pub(super) fn text<'t>(t: &'t Option<Text<'_>>) -> Option<&'t str> {
    t.as_ref().map(Text::as_str).filter(|s| !s.is_empty())
}

/// The items of an optional list.
pub(super) fn items<T>(l: &Option<List<T>>) -> &[T] {
    l.as_ref().map_or(&[], |l| &l.0)
}
