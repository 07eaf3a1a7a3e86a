package t

import future.keywords.and
import future.keywords.not
import future.keywords.or

p if input.a or input.b and not (input.c or input.d)

q if { { x := 1; x > 0 } and input.e } with input as {"e": true}

r := $"a {[1 | input.a or input.b]}"

s if every x in [1, 2] { x < 2 or x == 2 }
