/// JSON merge patch (RFC 7386): objects merge member by member, null removes, everything else replaces.
public enum MergePatch {
    /// `target` with `patch` laid over it.
    public static func apply(_ patch: Value, to target: Value) -> Value {
        guard let members = patch.object else { return patch }
        var result = target.object ?? Object()
        for member in members {
            result[member.key] =
                member.value.isNull ? Value?.none : apply(member.value, to: result[member.key] ?? .null)
        }
        return .object(result)
    }

    /// The smallest patch that makes `after` of `before`. Two documents that differ in a null member cannot be told
    /// apart by a merge patch: a null in `after` is written as a removal.
    public static func difference(from before: Value, to after: Value) -> Value {
        guard let old = before.object, let new = after.object else { return after }
        var patch = Object()
        for member in old where new[member.key] == nil { patch[member.key] = .null }
        for member in new {
            guard let was = old[member.key] else {
                patch[member.key] = member.value
                continue
            }
            if was != member.value { patch[member.key] = difference(from: was, to: member.value) }
        }
        return .object(patch)
    }
}
