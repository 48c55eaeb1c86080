//! Forms as browsers send them: urlencoded or multipart, fields in order, at most one file.
use crate::reply::Refusal;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};

/// Largest body that is read.
pub const LARGEST: usize = 16 * 1024 * 1024;

/// A file that was chosen.
#[derive(Debug, Clone, Default)]
pub struct Upload {
    /// Its name on the user's machine.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Fields in the order of the form.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// Names and values.
    pub fields: Vec<(String, String)>,
    /// The file, where one was chosen.
    pub file: Option<Upload>,
}

impl Form {
    /// Reads `a=1&b=2`.
    pub fn urlencoded(bytes: &[u8]) -> Self {
        Self {
            fields: form_urlencoded::parse(bytes).map(|(k, v)| (k.into_owned(), v.into_owned())).collect(),
            file: None,
        }
    }

    /// The last value of a field, trimmed; a button comes after the field that it overrides.
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().rev().find(|f| f.0 == name).map_or("", |f| f.1.trim())
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |f| f.0 == name).map(|f| f.1.as_str())
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_ascii_lowercase();
        if kind.starts_with("multipart/form-data") {
            let broken = |what: &dyn std::fmt::Display| {
                Refusal::new(
                    StatusCode::BAD_REQUEST,
                    format!("the form cannot be read ({what})"),
                    "Send it again; a file may hold at most 16 MB.",
                )
            };
            let mut parts = Multipart::from_request(request, state).await.map_err(|e| broken(&e))?;
            let mut form = Self::default();
            while let Some(part) = parts.next_field().await.map_err(|e| broken(&e))? {
                let name = part.name().unwrap_or_default().to_owned();
                if let Some(file) = part.file_name().map(str::to_owned) {
                    let bytes = part.bytes().await.map_err(|e| broken(&e))?.to_vec();
                    if !bytes.is_empty() {
                        form.file = Some(Upload { name: file, bytes });
                    }
                } else {
                    form.fields.push((name, part.text().await.map_err(|e| broken(&e))?));
                }
            }
            return Ok(form);
        }
        if !kind.is_empty() && !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(Refusal::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                format!("\"{kind}\" is no form"),
                "Send the page's own form.",
            ));
        }
        let bytes = axum::body::Bytes::from_request(request, state).await.map_err(|e| {
            Refusal::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the form cannot be read ({e})"),
                "It may hold at most 16 MB.",
            )
        })?;
        Ok(Self::urlencoded(&bytes))
    }
}
