import Crypto
import Documents
public import WaybillCore

/// The hash of a file as a bundle's signature names it: structured documents are hashed by their content, keys in
/// order and without space, so that a change of layout does not break the signature.
public enum FileHash {
    public enum Algorithm: String, Sendable, CaseIterable {
        case md5 = "MD5"
        case sha1 = "SHA-1"
        case sha256 = "SHA-256"
        case sha384 = "SHA-384"
        case sha512 = "SHA-512"
    }

    /// In hexadecimal.
    public static func hash(of file: BundleFile, _ algorithm: Algorithm, subject: String) throws(WaybillError) -> String
    {
        let content: [UInt8]
        switch file.name {
        case "data.json", "data.yaml", "data.yml", BundleManifest.path:
            content = canonical(try DataFile.value(of: file, subject: subject))
        default: content = file.bytes
        }
        return Hex.encode(hash(of: content, algorithm))
    }

    private static func hash(of bytes: [UInt8], _ algorithm: Algorithm) -> [UInt8] {
        switch algorithm {
        // Both are broken, but only the token's signature is trusted to name them; nothing of ours writes them.
        case .md5: Array(Insecure.MD5.hash(data: bytes))
        case .sha1: Array(Insecure.SHA1.hash(data: bytes))
        case .sha256: Array(SHA256.hash(data: bytes))
        case .sha384: Array(SHA384.hash(data: bytes))
        case .sha512: Array(SHA512.hash(data: bytes))
        }
    }

    /// As OPA writes each part: keys in order of their bytes, the line separators U+2028 and U+2029 escaped.
    static func canonical(_ value: Value) -> [UInt8] {
        let plain = JSONWriter.bytes(value, style: .canonical)
        var result: [UInt8] = []
        result.reserveCapacity(plain.count)
        var index = 0
        while index < plain.count {
            if plain[index] == 0xE2, index + 2 < plain.count, plain[index + 1] == 0x80, plain[index + 2] & 0xFE == 0xA8
            {
                result += Array((plain[index + 2] == 0xA8 ? "\\u2028" : "\\u2029").utf8)
                index += 3
            } else {
                result.append(plain[index])
                index += 1
            }
        }
        return result
    }
}
