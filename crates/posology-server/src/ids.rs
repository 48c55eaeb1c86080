//! Ids of reviews, cards and suggestions.
//!
//! A review has a number that grows with time. The id of a card holds the number of its review and its place on it, and 56 bits that only
//! this service can make: feedback finds its review without an index of cards, and feedback on cards that never were is refused.
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::sync::atomic::{AtomicU64, Ordering};

/// Milliseconds from 1970 to 2020: numbers start there.
const EPOCH_MS: u64 = 1_577_836_800_000;

/// Makes numbers of reviews, each greater than the one before.
#[derive(Debug)]
pub struct Numbers {
    last: AtomicU64,
    instance: u64,
}

impl Numbers {
    /// `instance` tells several services on one database apart.
    pub fn new(instance: u8) -> Self {
        Self { last: AtomicU64::new(0), instance: u64::from(instance & 0x7f) }
    }

    /// The next number: 41 bits of milliseconds, 7 of the instance, 12 of a counter.
    pub fn next(&self, now_ms: u64) -> u64 {
        let floor = (now_ms.saturating_sub(EPOCH_MS) & 0x1ff_ffff_ffff) << 19 | self.instance << 12;
        let step = |last: u64| Some(if floor > last { floor } else { last + 1 });
        match self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step) {
            Ok(last) | Err(last) => step(last).unwrap_or(floor),
        }
    }
}

/// The secret of a store: makes keys of patients and seals ids.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// From 32 bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        // A key of any length is taken.
        let Ok(mut m) = Hmac::<Sha256>::new_from_slice(&self.0) else { return [0; 32] };
        for p in parts {
            m.update(&(p.len() as u64).to_be_bytes());
            m.update(p);
        }
        m.finalize().into_bytes().into()
    }

    /// What stands for a patient in the store: says whether two reviews are of one patient, and nothing else.
    pub fn patient_key(&self, client: &str, fhir_server: &str, patient: &str) -> String {
        let mac = self.mac(&[
            b"patient",
            client.as_bytes(),
            fhir_server.trim_end_matches('/').as_bytes(),
            patient.as_bytes(),
        ]);
        hex(&mac[..16])
    }

    /// The id of a card or suggestion: a UUID of version 8.
    pub fn seal(&self, review: u64, slot: u8) -> String {
        let slot = slot & 0x3f;
        let mac = self.mac(&[b"card", &review.to_be_bytes(), &[slot]]);
        let mut b = [0u8; 16];
        b[..6].copy_from_slice(&(review >> 12).to_be_bytes()[2..]);
        b[6] = 0x80 | (review >> 8 & 0x0f) as u8;
        b[7] = review as u8;
        b[8] = 0x80 | slot;
        b[9..].copy_from_slice(&mac[..7]);
        let h = hex(&b);
        format!("{}-{}-{}-{}-{}", &h[..8], &h[8..12], &h[12..16], &h[16..20], &h[20..])
    }

    /// The review and place of an id, where this service made it.
    pub fn open(&self, id: &str) -> Option<(u64, u8)> {
        let digits: Vec<u8> = id.bytes().filter(|b| *b != b'-').collect();
        if id.len() != 36 || digits.len() != 32 {
            return None;
        }
        let n = u128::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?;
        let review = ((n >> 80) as u64) << 12 | (n >> 64) as u64 & 0xfff;
        let slot = (n >> 56) as u8 & 0x3f;
        let made = self.seal(review, slot);
        let same: bool =
            subtle::ConstantTimeEq::ct_eq(made.as_bytes(), id.to_ascii_lowercase().as_bytes()).into();
        same.then_some((review, slot))
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut s, b| {
        let _ = write!(s, "{b:02x}");
        s
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_open_to_what_was_sealed_and_no_other_does() {
        let s = Secret::new([7; 32]);
        let numbers = Numbers::new(0xff);
        let mut before = 0;
        for k in 0..5_000u64 {
            let n = numbers.next(1_790_000_000_000 + k / 3_000);
            assert!(n > before && n < 1 << 60);
            before = n;
            let id = s.seal(n, (k % 64) as u8);
            assert_eq!(s.open(&id), Some((n, (k % 64) as u8)));
            assert_eq!(&id[14..15], "8");
            assert!(Secret::new([8; 32]).open(&id).is_none());
        }
        for bad in ["", "x", "4e0a3a1e-3283-4575-ab82-028d55fe2719", "4e0a3a1e32834575ab82028d55fe2719"] {
            assert_eq!(s.open(bad), None);
        }
    }

    #[test]
    fn a_key_tells_patients_servers_and_clients_apart() {
        let s = Secret::new([7; 32]);
        let k = s.patient_key("a", "https://e/fhir", "1");
        assert_eq!(k, s.patient_key("a", "https://e/fhir/", "1"));
        for other in [
            s.patient_key("b", "https://e/fhir", "1"),
            s.patient_key("a", "https://f/fhir", "1"),
            s.patient_key("a", "https://e/fhir", "2"),
        ] {
            assert_ne!(k, other);
        }
        assert!(!k.contains('1') || k.len() == 32);
    }
}
