/// Reads the filter language of Google's APIs (AIP-160) as Grafeas writes it down: `AND` binds loosest, then restrictions
/// side by side, then `OR`, then `NOT` and `-`.
public struct FilterParser {
    private struct Stopped: Error {}

    let text: String
    let limits: FilterLimits
    let tokens: [FilterToken]
    var index = 0
    var problems: [FilterError.Problem]
    private var lastID = 0
    private var depth = 0

    private init(_ text: String, limits: FilterLimits) {
        let lexer = FilterLexer(text)
        self.text = text
        self.limits = limits
        tokens = lexer.tokens
        problems = lexer.problems
    }

    /// The filter's tree. Throws with every place that is wrong.
    public static func parse(
        _ text: String, limits: FilterLimits = .standard
    ) throws(FilterError) -> FilterExpression {
        guard text.utf8.count <= limits.bytesMax else {
            throw FilterError(text: text, offset: 0, "longer than \(limits.bytesMax) bytes")
        }
        var parser = FilterParser(text, limits: limits)
        let result: FilterExpression?
        do { result = try parser.filter() } catch { result = nil }
        guard let result, parser.problems.isEmpty else { throw FilterError(text: text, problems: parser.problems) }
        return result
    }

    // MARK: tokens

    private var token: FilterToken { tokens[min(index, tokens.count - 1)] }

    private func peek(_ ahead: Int) -> FilterToken { tokens[min(index + ahead, tokens.count - 1)] }

    /// Where the next token that is no blank lies, from here.
    private var blanks: Int {
        var count = 0
        while peek(count).kind == .blank { count += 1 }
        return count
    }

    private mutating func skipBlanks() { index += blanks }

    private mutating func report(_ message: String = "Syntax error", at token: FilterToken) {
        problems.append(.init(offset: token.offset, message: message))
    }

    /// Reports the token; when the one behind it fits, goes on there as though it were not written.
    private mutating func refuse(unless fits: (FilterToken) -> Bool) throws {
        report(at: token)
        guard token.kind != .end, fits(peek(1)) else { throw Stopped() }
        index += 1
    }

    private mutating func expect(_ kind: FilterToken.Kind) throws {
        if token.kind != kind { try refuse { $0.kind == kind } }
        index += 1
    }

    private mutating func node(_ content: FilterExpression.Content, at offset: Int) throws -> FilterExpression {
        lastID += 1
        guard lastID <= limits.nodesMax else {
            problems.append(.init(offset: offset, message: "more than \(limits.nodesMax) parts"))
            throw Stopped()
        }
        return FilterExpression(id: lastID, offset: offset, content: content)
    }

    private mutating func call(
        _ function: String, _ arguments: [FilterExpression], at offset: Int, target: FilterExpression? = nil
    ) throws -> FilterExpression {
        try node(.call(function, target: target, arguments: arguments), at: offset)
    }

    // MARK: grammar

    private mutating func filter() throws -> FilterExpression {
        guard tokens.contains(where: { $0.kind != .blank && $0.kind != .end }) else {
            return try node(.empty, at: 0)
        }
        let result = try expression()
        skipBlanks()
        if token.kind != .end { report(at: token) }
        return result
    }

    private mutating func expression() throws -> FilterExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.depthMax else {
            report("more than \(limits.depthMax) levels", at: token)
            throw Stopped()
        }
        var result = try sequence()
        while token.kind == .blank, peek(blanks).kind == .and {
            let offset = token.offset
            try keyword()
            result = try call(FilterFunction.and, [result, try sequence()], at: offset)
        }
        return result
    }

    /// Blanks, a keyword, and at least one blank more.
    private mutating func keyword() throws {
        skipBlanks()
        index += 1
        try expect(.blank)
        skipBlanks()
    }

    private mutating func sequence() throws -> FilterExpression {
        let offset = token.offset
        var parts = [try factor()]
        while token.kind == .blank {
            switch peek(blanks).kind {
            case .and, .end, .closeParenthesis, .closeBracket, .comma:
                guard parts.count > 1 else { return parts[0] }
                return try call(FilterFunction.sequence, parts, at: offset)
            default: break
            }
            // One blank stands between two restrictions; a second one is reported where it is.
            if peek(1).kind == .blank, peek(1).offset == token.offset + 1 { report(at: peek(1)) }
            skipBlanks()
            parts.append(try factor())
        }
        guard parts.count > 1 else { return parts[0] }
        return try call(FilterFunction.sequence, parts, at: offset)
    }

    private mutating func factor() throws -> FilterExpression {
        var result = try term()
        while token.kind == .blank, peek(blanks).kind == .or {
            let offset = token.offset
            try keyword()
            result = try call(FilterFunction.or, [result, try term()], at: offset)
        }
        return result
    }

    private mutating func term() throws -> FilterExpression {
        let start = token
        switch start.kind {
        case .minus: index += 1
        case .not:
            index += 1
            try expect(.blank)
            skipBlanks()
        default: break
        }
        var result = try restriction()
        if case .call(let function, nil, _) = result.content, FilterFunction.restrictions.contains(function) {
        } else {
            result = try call(FilterFunction.global, [result], at: start.offset)
        }
        guard start.kind == .minus || start.kind == .not else { return result }
        return try call(FilterFunction.not, [result], at: start.offset)
    }

    private mutating func restriction() throws -> FilterExpression {
        let left = try comparable()
        let comparator = peek(blanks)
        guard let function = comparator.comparison else { return left }
        skipBlanks()
        index += 1
        skipBlanks()
        return try call(function, [left, try comparable()], at: comparator.offset)
    }

    private mutating func comparable() throws -> FilterExpression {
        if let number = try number() { return number }
        return try value()
    }

    private mutating func value() throws -> FilterExpression {
        var result = try primary()
        while true {
            let mark = token
            switch mark.kind {
            case .dot:
                index += 1
                let field = try self.field()
                guard token.kind == .openParenthesis else {
                    result = try node(.select(result, field: field), at: mark.offset)
                    continue
                }
                let open = token.offset
                result = try call(field, try arguments(), at: open, target: result)
            case .openBracket:
                index += 1
                skipBlanks()
                let key = try nested { try $0.comparable() }
                skipBlanks()
                try expect(.closeBracket)
                result = try call(FilterFunction.index, [result, key], at: mark.offset)
            default:
                return result
            }
        }
    }

    private mutating func nested(
        _ body: (inout FilterParser) throws -> FilterExpression
    ) throws -> FilterExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.depthMax else {
            report("more than \(limits.depthMax) levels", at: token)
            throw Stopped()
        }
        return try body(&self)
    }

    private mutating func primary() throws -> FilterExpression {
        func begins(_ token: FilterToken) -> Bool {
            token.beginsText || token.kind == .string || token.kind == .openParenthesis
        }
        if !begins(token) { try refuse(unless: begins) }
        let start = token
        switch start.kind {
        case .openParenthesis:
            index += 1
            skipBlanks()
            let result = try expression()
            skipBlanks()
            try expect(.closeParenthesis)
            return result
        case .string:
            index += 1
            return try node(.constant(.string(unquoted(start))), at: start.offset)
        default:
            let name = plainText()
            guard token.kind == .openParenthesis else { return try node(.identifier(name), at: start.offset) }
            let open = token.offset
            return try call(name, try arguments(), at: open)
        }
    }

    /// Text without quotes: what lies side by side belongs together.
    private mutating func plainText() -> String {
        var text = ""
        while token.beginsText || (!text.isEmpty && token.kind == .minus) {
            text += token.text
            index += 1
        }
        return text
    }

    private mutating func field() throws -> String {
        func fits(_ token: FilterToken) -> Bool {
            switch token.kind {
            case .string, .and, .or, .not: true
            default: token.beginsText
            }
        }
        if !fits(token) { try refuse(unless: fits) }
        let start = token
        switch start.kind {
        case .and, .or, .not:
            index += 1
            return start.text
        case .string:
            index += 1
            return unquoted(start)
        default: return plainText()
        }
    }

    private mutating func arguments() throws -> [FilterExpression] {
        index += 1
        if token.kind == .closeParenthesis {
            index += 1
            return []
        }
        skipBlanks()
        var result = [try nested { try $0.comparable() }]
        while peek(blanks).kind == .comma {
            skipBlanks()
            index += 1
            skipBlanks()
            result.append(try nested { try $0.comparable() })
        }
        skipBlanks()
        try expect(.closeParenthesis)
        return result
    }

    private mutating func unquoted(_ token: FilterToken) -> String {
        guard let text = FilterLiteral.unquoted(token.text) else {
            report("Unable to unquote string", at: token)
            return token.text
        }
        return text
    }

    /// A number, where the tokens are one from end to end; else they may be text such as `2026-11-21` or `1.2.3`.
    private mutating func number() throws -> FilterExpression? {
        let start = token
        var ahead = start.kind == .minus ? 1 : 0
        var text = start.kind == .minus ? "-" : ""
        func digits() {
            while peek(ahead).kind == .digit {
                text += peek(ahead).text
                ahead += 1
            }
        }
        func exponent() {
            guard peek(ahead).kind == .exponent else { return }
            text += peek(ahead).text
            ahead += 1
        }
        var isFloat = false
        switch peek(ahead).kind {
        case .hexadecimal:
            text += peek(ahead).text
            ahead += 1
        case .digit:
            digits()
            if peek(ahead).kind == .dot {
                isFloat = true
                text += "."
                ahead += 1
                digits()
                exponent()
            }
        case .dot:
            isFloat = true
            text += "."
            ahead += 1
            guard peek(ahead).kind == .digit else {
                report(at: peek(ahead))
                report("Unrecognized floating point value: \(text)\(peek(ahead).text)", at: start)
                throw Stopped()
            }
            digits()
            exponent()
        default:
            guard start.kind == .minus else { return nil }
            report(at: peek(ahead))
            throw Stopped()
        }
        guard peek(ahead).endsNumber else {
            if start.kind == .digit { return nil }
            report(at: peek(ahead))
            throw Stopped()
        }
        index += ahead
        if isFloat {
            guard let value = Double(text), value.isFinite else {
                report("Unrecognized floating point value: \(text)", at: start)
                return try node(.constant(.double(0)), at: start.offset)
            }
            return try node(.constant(.double(value)), at: start.offset)
        }
        guard let value = FilterLiteral.integer(text) else {
            report("Unrecognized integer value: \(text)", at: start)
            return try node(.constant(.integer(0)), at: start.offset)
        }
        return try node(.constant(.integer(value)), at: start.offset)
    }
}
