UPDATE log_segments AS s SET first_index = u.first_index, leaf_hashes = NULL
FROM unnest($segment_id::bigint[], $first_index::bigint[]) AS u(segment_id, first_index)
WHERE s.segment_id = u.segment_id AND s.first_index IS NULL
