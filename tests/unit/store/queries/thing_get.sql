-- Everything back, by id.
-- kind: one
-- param: id i64
-- column: amount i64?
-- column: label text
-- column: payload blob?
-- column: digest hash
-- column: digest_opt hash?
SELECT amount, label, payload, digest, digest_opt FROM things WHERE id = $id
