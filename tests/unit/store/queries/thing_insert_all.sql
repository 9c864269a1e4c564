-- A thing with every type a parameter can have.
-- kind: batch
-- copy: postgres
-- param: id i64
-- param: amount i64?
-- param: label text
-- param: payload blob?
-- param: digest hash
-- param: digest_opt hash?
INSERT INTO things (id, amount, label, payload, digest, digest_opt)
VALUES ($id, $amount, $label, $payload, $digest, $digest_opt)
