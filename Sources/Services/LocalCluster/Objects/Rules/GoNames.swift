/// Names of Go fields, as some messages show them.
enum GoNames {
    static func title(_ key: String) -> String { key.prefix(1).uppercased() + key.dropFirst() }
}
