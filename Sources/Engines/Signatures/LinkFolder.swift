/// The files in which people tell what they did, by name, as in-toto lays them out. Where somebody did a step by a
/// layout of his own, its links stand in the folder `STEP.KEYID` beneath.
public struct LinkFolder: Sendable {
    public var files: [(name: String, bytes: [UInt8])]
    public var folders: [String: LinkFolder]

    public init(files: [(name: String, bytes: [UInt8])], folders: [String: LinkFolder] = [:]) {
        self.files = files
        self.folders = folders
    }

    /// Files whose names say nothing: no layout within a layout can be among them.
    init(nameless files: [[UInt8]]) {
        self.init(files: files.map { ("", $0) })
    }

    /// The name of the folder in which the links of somebody's own layout for a step stand.
    static func name(step: String, keyID: String) -> String { "\(step).\(keyID.prefix(8))" }
}
