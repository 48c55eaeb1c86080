use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use jiff::civil::date;
use posology_knowledge::{Corpus, KnowledgeBase};
use posology_page::{PageState, router};
use std::sync::{Arc, OnceLock};
use tower::ServiceExt as _;

pub fn kb() -> Arc<KnowledgeBase> {
    static KB: OnceLock<Arc<KnowledgeBase>> = OnceLock::new();
    KB.get_or_init(|| {
        let corpus = Corpus::from_bytes(posology_corpus::BYTES).expect("built-in facts");
        Arc::new(KnowledgeBase::new(corpus))
    })
    .clone()
}

pub fn state() -> PageState {
    PageState::new(kb()).as_of(Some(date(2026, 11, 24)))
}

pub fn app() -> Router {
    static APP: OnceLock<Router> = OnceLock::new();
    APP.get_or_init(|| router(state())).clone()
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }
}

pub async fn send(app: Router, request: Request<Body>) -> Answer {
    let r = app.oneshot(request).await.expect("infallible");
    let (parts, body) = r.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("a whole body").to_vec();
    Answer { status: parts.status, headers: parts.headers, bytes }
}

pub async fn get(path: &str) -> Answer {
    send(app(), Request::get(path).body(Body::empty()).expect("a request")).await
}

pub async fn post(path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    raw(path, "application/x-www-form-urlencoded", body.into_bytes()).await
}

pub async fn raw(path: &str, kind: &str, body: Vec<u8>) -> Answer {
    let r = Request::post(path).header(header::CONTENT_TYPE, kind).body(Body::from(body));
    send(app(), r.expect("a request")).await
}

/// The value of the first hidden field of that name.
pub fn field(html: &str, name: &str) -> Option<String> {
    let at = html.find(&format!("name=\"{name}\" value=\""))?;
    let rest = &html[at + name.len() + 15..];
    let value = &rest[..rest.find('"')?];
    Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

pub const LIST: &str = "patient: woman, 67 years, 62 kg\nalcohol: 3 drinks a day\n\
oxycodone 10 mg tablet, 1 every 6 hours, since 2026-08-03, for chronic pain\n\
fluvoxamine 100 mg tablet, 1 at bedtime, since 2026-05-11, for OCD\n\
order: diazepam 20 mg tablet three times a day for social anxiety";
pub const TAPER: &str = include_str!("../../../../examples/taper-candidate.txt");
