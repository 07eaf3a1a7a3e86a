# METADATA
# title: Everything once
# scope: package
package seeds.all["dotted.name"]

import data.lib.helpers as h
import future.keywords.every

default allow := false

default f(_) := 0

allow if {
	some i, x in input.items
	x.kind == "a"; not x.off
	every k, v in x.labels { k != v }
}

names contains name if some name in {n | n := input.names[_]}

by[key] := value if some key, value in {"a": [1, 2.5e-3], "b": null}

deep.er[x].y := 1 if x := "z"

f(x) := y if { y := x * 2 } else := 3 if x > 1

text := $"{input.a} and {{braces}} {f(1)}"

raw := `no \escapes`

q if count(input.x) == 1 with input.x as [1] with data.y as {"z": {1, 2}}

r := [a | a := input.b[_]; a in {1, 2}]

s := {a: b | some a, b in input}

t := (1 + 2) * -3 / 4 % 5

u := x if { [x, {"k": _}] = input.pair }
