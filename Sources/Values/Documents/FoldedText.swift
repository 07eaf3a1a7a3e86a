/// Folded text (`>`) as kustomize has it after it wrote and read the file once more.
///
/// Its writer doubles every line break after a line that begins with no space, because a reader joins such lines. Before
/// a line that begins with space the reader joins nothing, so one line break more is left there. Manifests depend on it:
/// the same commit must give the same objects here.
enum FoldedText {
    static func rewritten(_ text: String) -> String {
        // Text that begins with space after its empty lines is written without the doubling.
        guard let first = text.utf8.first(where: { $0 != 0x0A }) else { return text }
        let doubles = !isBlank(first)
        var output: [UInt8] = []
        var afterBreak = true, isIndented = true
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == 0x0A else {
                if afterBreak { isIndented = isBlank(bytes[index]) }
                afterBreak = false
                output.append(bytes[index])
                index += 1
                continue
            }
            var end = index
            while end < bytes.count, bytes[end] == 0x0A { end += 1 }
            let isAtEnd = end == bytes.count
            let isInner = index > 0 && !isAtEnd
            let written = end - index + (doubles && !afterBreak && !isIndented ? 1 : 0)
            let joins = isInner && !isIndented && !isBlank(bytes[end])
            if isAtEnd {
                // One line break at the end is written as none; more are kept as they were written.
                output.append(contentsOf: repeatElement(0x0A, count: end - index == 1 ? 1 : written))
            } else if joins {
                output.append(contentsOf: written == 1 ? [0x20] : [UInt8](repeating: 0x0A, count: written - 1))
            } else {
                output.append(contentsOf: repeatElement(0x0A, count: written))
            }
            afterBreak = true
            index = end
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
