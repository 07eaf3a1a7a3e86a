import ArgumentParser
import Rego
import WaybillCore

/// Reads an option that is one of several words.
enum Choice {
    static func read<Word: RawRepresentable & CaseIterable>(_ text: String) throws -> Word
    where Word.RawValue == String {
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue)
            let hint = Spelling.nearest(to: text, among: words).map { ", did you mean \($0)?" } ?? ""
            throw ValidationError("\(text) is not one of \(words.joined(separator: ", "))\(hint)")
        }
        return word
    }

    static func regoVersion(_ text: String) throws -> RegoVersion {
        guard let version = RegoVersion(rawValue: text) else { throw ValidationError("\(text) is not v0 or v1") }
        return version
    }
}
