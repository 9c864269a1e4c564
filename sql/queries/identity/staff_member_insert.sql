-- A new member of staff, invited.
-- kind: exec
-- param: person_id i64
-- param: human_index hash
-- param: name_sealed blob
-- param: invited_by i64
-- param: invited_at_us i64
-- param: enrol_hash hash
-- param: enrol_until_us i64

INSERT INTO staff_members (person_id, human_index, name_sealed, invited_by, invited_at_us,
                           enrol_hash, enrol_until_us, enrolled_at_us, disabled_at_us, disabled_by,
                           changed_at_us)
VALUES ($person_id, $human_index, $name_sealed, $invited_by, $invited_at_us, $enrol_hash,
        $enrol_until_us, 0, 0, 0, $invited_at_us)
