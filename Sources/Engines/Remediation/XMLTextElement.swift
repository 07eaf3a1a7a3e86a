import WaybillCore

/// An element of an XML text with the places of its parts, so that single values can be changed in the text.
struct XMLTextElement {
    var name: String
    /// From `<` to after the closing `>`.
    var range: Range<Int>
    /// What stands between the tags.
    var content: Range<Int>
    var children: [XMLTextElement] = []

    func first(_ name: String) -> XMLTextElement? { children.first { $0.name == name } }
    func all(_ name: String) -> [XMLTextElement] { children.filter { $0.name == name } }
}

/// Finds elements; comments, instructions and CDATA are stepped over. No entity is expanded, no document type is read.
struct XMLTextReader {
    static let depthMax = 128

    private let bytes: [UInt8]
    private let file: String

    static func root(_ bytes: [UInt8], file: String) throws(WaybillError) -> XMLTextElement {
        try XMLTextReader(bytes: bytes, file: file).document()
    }

    private init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    private func error(_ message: String, _ offset: Int) -> WaybillError {
        let line = bytes[..<min(offset, bytes.count)].reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
        return WaybillError(.invalidInput, message, subject: "\(file):\(line)")
    }

    private func document() throws(WaybillError) -> XMLTextElement {
        var open: [XMLTextElement] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "<") else {
                index += 1
                continue
            }
            if starts("<!--", index) {
                index = try after("-->", index + 4)
            } else if starts("<![CDATA[", index) {
                index = try after("]]>", index + 9)
            } else if starts("<?", index) {
                index = try after("?>", index + 2)
            } else if starts("<!", index) {
                throw error("document types are not read", index)
            } else if starts("</", index) {
                let end = try after(">", index)
                guard var element = open.popLast(), element.name == name(index + 2) else {
                    throw error("a closing tag that does not fit", index)
                }
                element.content = element.content.lowerBound..<index
                element.range = element.range.lowerBound..<end
                if open.isEmpty { return element }
                open[open.count - 1].children.append(element)
                index = end
            } else {
                let end = try tagEnd(index)
                guard open.count < Self.depthMax else { throw error("nested too deep", index) }
                let element = XMLTextElement(name: name(index + 1), range: index..<end, content: end..<end)
                if bytes[end - 2] == UInt8(ascii: "/") {
                    if open.isEmpty { return element }
                    open[open.count - 1].children.append(element)
                } else {
                    open.append(element)
                }
                index = end
            }
        }
        throw error(
            open.isEmpty ? "there is no element" : "the element \(open[open.count - 1].name) has no end", bytes.count)
    }

    private func starts(_ text: StaticString, _ index: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        return index + count <= bytes.count && text.withUTF8Buffer { bytes[index..<(index + count)].elementsEqual($0) }
    }

    private func after(_ text: StaticString, _ start: Int) throws(WaybillError) -> Int {
        var index = start
        while index < bytes.count {
            if starts(text, index) { return index + text.utf8CodeUnitCount }
            index += 1
        }
        throw error("the text ends inside of a tag", start)
    }

    /// After the `>` that ends a tag; one inside of quotes does not.
    private func tagEnd(_ start: Int) throws(WaybillError) -> Int {
        var quote: UInt8?
        for index in start..<bytes.count {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return index + 1
            }
        }
        throw error("the text ends inside of a tag", start)
    }

    /// Without prefix.
    private func name(_ start: Int) -> String {
        let end = bytes[start...].firstIndex { byte in
            byte <= 0x20 || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/")
        }
        let text = String(decoding: bytes[start..<(end ?? bytes.count)], as: UTF8.self)
        return text.split(separator: ":").last.map(String.init) ?? text
    }
}
