/// With 0 for what is too small for a normal number. An average that no gradient feeds any more shrinks into these and stays there,
/// for rounding holds it up; a processor computes with them in microcode, some times slower.
fn flushed(v: vec4f) -> vec4f { return select(v, vec4f(), abs(v) < vec4f(1.1754944e-38)); }
