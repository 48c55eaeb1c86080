//! The service on a socket: TLS where it is set, an end that lets requests finish.
use crate::app::{App, StartError};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Time that requests in work have to finish once the service is told to end.
const GRACE: Duration = Duration::from_secs(10);

/// Time a client has to send the headers of a request.
const HEADERS: Duration = Duration::from_secs(10);

/// Listens until the process is told to end (SIGTERM, Ctrl-C), then finishes what is in work and writes the store. `page` is the web page at `/`;
/// `started` is told the address.
///
/// # Errors
/// The address cannot be listened on, or the certificate cannot be read.
pub async fn serve(
    app: App,
    page: Option<axum::Router>,
    started: impl FnOnce(SocketAddr),
) -> Result<(), StartError> {
    serve_until(app, page, started, signal()).await
}

/// The same until `end` comes.
///
/// # Errors
/// As [`serve`].
pub async fn serve_until(
    app: App,
    page: Option<axum::Router>,
    started: impl FnOnce(SocketAddr),
    end: impl Future<Output = ()> + Send + 'static,
) -> Result<(), StartError> {
    let config = &app.0.config;
    let fail = |what: String| StartError::Other(what);
    let listener = TcpListener::bind(config.listen)
        .map_err(|e| fail(format!("{}: the address cannot be listened on ({e})", config.listen)))?;
    listener.set_nonblocking(true).map_err(|e| fail(e.to_string()))?;
    let address = listener.local_addr().map_err(|e| fail(e.to_string()))?;
    let handle = Handle::new();
    tokio::spawn(end_on(end, app.clone(), handle.clone()));
    let service = app.router_with(page).into_make_service();
    let broke = |e: std::io::Error| fail(format!("the service ended ({e})"));
    match &config.tls {
        Some(tls) => {
            let rustls = RustlsConfig::from_pem_file(&tls.certificate, &tls.key).await.map_err(|e| {
                fail(format!(
                    "{} or {}: the certificate cannot be used ({e})",
                    tls.certificate.display(),
                    tls.key.display()
                ))
            })?;
            let mut s = axum_server::from_tcp_rustls(listener, rustls).map_err(broke)?.handle(handle);
            s.http_builder().http1().timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(HEADERS);
            started(address);
            s.serve(service).await.map_err(broke)?;
        }
        None => {
            let mut s = axum_server::from_tcp(listener).map_err(broke)?.handle(handle);
            s.http_builder().http1().timer(hyper_util::rt::TokioTimer::new()).header_read_timeout(HEADERS);
            started(address);
            s.serve(service).await.map_err(broke)?;
        }
    }
    if app.0.store.flush().await.is_err() {
        tracing::error!("the last records could not be written");
    }
    Ok(())
}

async fn end_on(end: impl Future<Output = ()> + Send, app: App, handle: Handle<SocketAddr>) {
    end.await;
    // Load balancers look at readiness: it falls before the doors close.
    app.0.ending.store(true, Ordering::Relaxed);
    tracing::info!("ending: requests in work are finished");
    handle.graceful_shutdown(Some(GRACE));
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut term) => {
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn signal() {
    let _ = tokio::signal::ctrl_c().await;
}
