/// A small strict reader of our own markup: only the elements and attributes that the templates use may appear.
enum Markup {
    private static let elements: Set<String> = [
        "html", "head", "meta", "title", "link", "body", "a", "header", "div", "nav", "ul", "ol", "li", "p", "span",
        "bdi", "main",
        "footer", "code", "h1", "h2", "h3", "section", "table", "caption", "thead", "tbody", "tr", "th", "td", "small",
        "br", "dl",
        "dt", "dd", "details", "summary", "pre", "meter", "time", "form", "label", "input", "button",
    ]
    private static let attributes: Set<String> = [
        "lang", "charset", "name", "content", "rel", "href", "type", "class", "id", "aria-label", "aria-labelledby",
        "aria-current",
        "tabindex", "scope", "data-label", "datetime", "title", "min", "max", "value", "action", "method", "role",
        "for",
        "placeholder", "autocomplete", "spellcheck",
    ]
    private static let empty: Set<String> = ["meta", "link", "br", "input"]

    /// The first thing that should not be there; nil where all is well.
    static func problem(in html: String) -> String? {
        var rest = html.unicodeScalars[...]
        var open: [String] = []
        guard html.hasPrefix("<!doctype html>\n") else { return "no doctype" }
        rest = rest.dropFirst("<!doctype html>\n".unicodeScalars.count)
        while let start = rest.firstIndex(of: "<") {
            rest = rest[rest.index(after: start)...]
            let isEnd = rest.first == "/"
            if isEnd { rest = rest.dropFirst() }
            let name = word(&rest)
            guard elements.contains(name) else { return "element “\(name)”" }
            while rest.first == " " {
                rest = rest.dropFirst()
                let attribute = word(&rest)
                guard attributes.contains(attribute) else { return "attribute “\(attribute)” of \(name)" }
                guard rest.starts(with: "=\"".unicodeScalars) else { return "\(attribute) without quotes" }
                rest = rest.dropFirst(2)
                guard let close = rest.firstIndex(of: "\"") else { return "\(attribute) does not end" }
                let value = String(rest[..<close])
                if attribute == "href", !(value.hasPrefix("/") || value.hasPrefix("#")) || value.hasPrefix("//") {
                    return "leads to \(value)"
                }
                rest = rest[rest.index(after: close)...]
            }
            guard rest.first == ">" else { return "\(name) does not end" }
            if isEnd {
                guard open.popLast() == name else { return "\(name) ends where it did not begin" }
            } else if !empty.contains(name) {
                open.append(name)
            }
        }
        return open.isEmpty ? nil : "\(open) stays open"
    }

    private static func word(_ rest: inout Substring.UnicodeScalarView) -> String {
        let word = rest.prefix { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" }
        rest = rest[word.endIndex...]
        return String(word)
    }
}
