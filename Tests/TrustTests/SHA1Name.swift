import Crypto

/// The name that Git gives to a commit with these bytes.
enum SHA1Name {
    static func of(_ bytes: [UInt8], type: String = "commit") -> [UInt8] {
        Array(Insecure.SHA1.hash(data: Array("\(type) \(bytes.count)\0".utf8) + bytes))
    }
}
