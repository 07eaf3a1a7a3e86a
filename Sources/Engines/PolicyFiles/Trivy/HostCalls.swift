/// Functions that Trivy gives to its checks, as rules of a module of ours.
///
/// Calls are renamed in the text of a check: `result.new(` is `data.waybill.trivy.result_new(`. A check that brings its
/// own `data.lib.result` keeps it.
enum HostCalls {
    private static let names: [(call: String, rule: String)] = [
        ("result.new", "result_new"), ("isManaged", "is_managed"), ("sh.parse_commands", "parse_commands"),
        ("sh.has_pipes", "has_pipes"), ("cidr.count_addresses", "count_addresses"), ("cidr.is_public", "is_public"),
    ]

    static func renamed(in text: String) -> String {
        let ownsResult = text.contains("data.lib.result")
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 256)
        var index = 0
        func copy(until isEnd: (Int) -> Bool) {
            while index < bytes.count, !isEnd(index) {
                output.append(bytes[index])
                index += 1
            }
        }
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "#"): copy { bytes[$0] == 0x0A }
            case UInt8(ascii: "\""), UInt8(ascii: "`"):
                output.append(byte)
                index += 1
                var isEscaped = false
                copy { place in
                    if isEscaped || (bytes[place] == UInt8(ascii: "\\") && byte != UInt8(ascii: "`")) {
                        isEscaped.toggle()
                        return false
                    }
                    return bytes[place] == byte
                }
                if index < bytes.count {
                    output.append(byte)
                    index += 1
                }
            case _ where isWord(byte):
                let start = index
                while index < bytes.count, isWord(bytes[index]) || bytes[index] == UInt8(ascii: ".") { index += 1 }
                let word = String(decoding: bytes[start..<index], as: UTF8.self)
                let isCall = index < bytes.count && bytes[index] == UInt8(ascii: "(")
                let isPart = start > 0 && bytes[start - 1] == UInt8(ascii: ".")
                if isCall, !isPart, !(ownsResult && word.hasPrefix("result.")),
                    let found = names.first(where: { $0.call == word })
                {
                    output += Array("data.waybill.trivy.\(found.rule)".utf8)
                } else {
                    output += bytes[start..<index]
                }
            default:
                output.append(byte)
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == UInt8(ascii: "_")
    }

    /// The rules themselves. `parse_commands` takes a shell's text apart into simple commands: words as they are
    /// written, without assignments in front, redirections, comments and the shell's own words.
    static let module = #"""
        package waybill.trivy

        import rego.v1

        defaults := {
        	"startline": 0, "endline": 0, "sourceprefix": "", "filepath": "", "explicit": false, "managed": true,
        	"fskey": "", "resource": "", "parent": null,
        }

        place(cause) := object.get(cause, "__defsec_metadata", cause) if {
        	is_object(cause)
        	is_object(object.get(cause, "__defsec_metadata", cause))
        } else := {}

        stated(place) := {name: value | some name in object.keys(defaults); value := place[name]}

        docker := [["startline", "StartLine"], ["endline", "EndLine"], ["filepath", "Path"]]

        instruction(place) := {name: value | some [name, field] in docker; value := place[field]}

        result_new(msg, cause) := object.union_n([defaults, stated(found), instruction(found), {"msg": msg}]) if {
        	found := place(cause)
        }

        is_managed(cause) := object.get(place(cause), "managed", true)

        word := `(?:\$\((?:[^()]|\([^()]*\))*\)|[^\s;&|()<>"'\\\x60]|\\(?s:.)|"(?:[^"\\]|\\(?s:.))*"|'[^']*'|\x60[^\x60]*\x60)+`

        redirection := sprintf(`[0-9]*(?:&>>?|>>|>&|<&|>\||<<<|<<-?|<>|[<>])[ \t]*(?:%s)?`, [word])

        pattern := sprintf(`\\\r?\n|\n|%s|&&|\|\||\|&|;;|[;&|()]|#[^\n]*|%s`, [redirection, word])

        tokens(text) := regex.find_n(pattern, text, -1)

        is_separator(token) if token in {"\n", "&&", "||", "|&", ";;", ";", "&", "|", "(", ")"}

        is_silent(token) if regex.match(`^(?:#|\\\r?\n|[0-9]*[<>]|&>)`, token)

        is_leading(token) if token in {"if", "then", "else", "elif", "fi", "do", "done", "while", "until", "!", "{", "}", "time", "esac"}

        is_leading(token) if regex.match(`^[A-Za-z_][A-Za-z0-9_]*=`, token)

        has_no_command(words) if words[0] in {"for", "case", "select", "function"}

        command(words) := array.slice(words, first, count(words)) if {
        	not has_no_command(words)
        	first := min([index | some index, token in words; not is_leading(token)])
        }

        parse_commands(text) := [words |
        	all := tokens(text)
        	inner := [index | some index, token in all; is_separator(token)]
        	ends := array.concat(array.concat([-1], inner), [count(all)])
        	some number in numbers.range(0, count(ends) - 2)
        	group := [token |
        		some token in array.slice(all, ends[number] + 1, ends[number + 1])
        		not is_silent(token)
        	]
        	count(group) > 0
        	words := command(group)
        ]

        has_pipes(text) := count([token | some token in tokens(text); token in {"|", "|&"}]) > 0

        width(cidr) := 128 if contains(cidr, ":") else := 32

        # No more than 64 bits hold; "*" is every address.
        count_addresses(cidr) := 18446744073709551615 if cidr == "*" else := min([size, 18446744073709551615]) if {
        	[_, prefix] := split(cidr, "/")
        	size := bits.lsh(1, width(cidr) - to_number(prefix))
        } else := 1

        private_ranges := [
        	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7",
        	"fe80::/10", "::1/128",
        ]

        is_private(cidr) if {
        	some range in private_ranges
        	net.cidr_contains(range, cidr)
        }

        is_public(cidr) := false if is_private(cidr) else := true
        """#
}
