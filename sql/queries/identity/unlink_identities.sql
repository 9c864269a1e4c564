-- An account ended: its id number finds nobody any more, while what was confirmed is kept sealed.
-- kind: exec
-- param: person_id i64
-- param: id_number_index hash
UPDATE identities SET id_number_index = $id_number_index WHERE person_id = $person_id
