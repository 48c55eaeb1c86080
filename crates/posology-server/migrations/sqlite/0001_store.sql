CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);
CREATE TABLE audit (
    seq BIGINT PRIMARY KEY NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE TABLE audit_head (id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1), seq BIGINT NOT NULL, hash TEXT NOT NULL);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');
CREATE TABLE words (id BIGINT PRIMARY KEY NOT NULL, word TEXT NOT NULL UNIQUE);
CREATE TABLE reviews (
    id BIGINT PRIMARY KEY NOT NULL,
    at TEXT NOT NULL,
    door TEXT NOT NULL,
    as_of TEXT NOT NULL,
    jurisdiction TEXT NOT NULL,
    knowledge TEXT NOT NULL,
    input_hash TEXT NOT NULL,
    patient_key TEXT NOT NULL,
    findings TEXT NOT NULL,
    facts TEXT NOT NULL,
    input TEXT,
    audit_seq BIGINT NOT NULL
);
CREATE TABLE feedback (
    audit_seq BIGINT PRIMARY KEY NOT NULL,
    at TEXT NOT NULL,
    card TEXT NOT NULL,
    review BIGINT NOT NULL,
    rule TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    comment TEXT NOT NULL,
    suggestions TEXT NOT NULL,
    outcome_at TEXT NOT NULL
);
CREATE INDEX feedback_rule ON feedback (rule);
CREATE TABLE overrides (
    patient_key TEXT NOT NULL,
    rule TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    until TEXT NOT NULL,
    reason TEXT NOT NULL,
    audit_seq BIGINT NOT NULL,
    PRIMARY KEY (patient_key, rule, fingerprint)
);
CREATE TABLE shown (rule TEXT PRIMARY KEY NOT NULL, cards BIGINT NOT NULL);
CREATE TABLE plans (id TEXT PRIMARY KEY NOT NULL, at TEXT NOT NULL, plan TEXT NOT NULL, facts TEXT NOT NULL, audit_seq BIGINT NOT NULL);

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_never_cut BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER reviews_are_never_changed BEFORE UPDATE ON reviews BEGIN SELECT RAISE(ABORT, 'a review is never changed'); END;
CREATE TRIGGER feedback_is_never_changed BEFORE UPDATE ON feedback BEGIN SELECT RAISE(ABORT, 'feedback is never changed'); END;
