package t

a := [x | walk(input, [_, x]); is_number(x)]

b contains x if { some x in a; x > 1 }

c[k] := v if some k, v in input

d := sum(a) if count(b) > 0 else := 0

e := e2 if { e2 := {x: {y | y := x + 1} | some x in a} }

f(x) := concat("-", [x, x])

g := f(f(f("ab")))

h if not input.user == "bob"

i := object.union({"a": 1}, {"b": input.a})

j := numbers.range(1, 20)

k if every x in j { x > 0 }

l := regex.replace("aaa", "a+", "b")

m := json.unmarshal("{\"x\": [1, 2]}").x

n := $"{input.user} has {count(input.a)}"
