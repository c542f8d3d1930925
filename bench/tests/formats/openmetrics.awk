# SPDX-License-Identifier: GPL-2.0
# Reads OpenMetrics text 1.0 as its grammar has it, of gauges: every line is
# metadata of a family, a sample of the family that is open, or the EOF that
# ends it; a family is there once, its unit ends its name, no sample twice.

function bad(what) { printf "line %d: %s: %s\n", NR, what, $0; failed = 1 }
BEGIN { name = "[a-zA-Z_:][a-zA-Z0-9_:]*"; label = "[a-zA-Z_][a-zA-Z0-9_]*=\"([^\"\\\\\n]|\\\\[n\"\\\\])*\"" }
ended { bad("after # EOF") }
/^# EOF$/ { ended = 1; next }
/^# (TYPE|UNIT|HELP) / {
	if ($3 != family) {
		if (seen[$3]++) bad("a family twice")
		family = $3
	}
	if ($2 == "TYPE" && $4 != "gauge") bad("type")
	if ($2 == "UNIT" && substr(family, length(family) - length($4)) != "_" $4) bad("unit")
	if (had[family, $2]++) bad("metadata twice")
	next
}
/^#/ { bad("comment"); next }
{
	if ($0 !~ "^" name "([{]" label "(," label ")*[}])? -?[0-9][-+.0-9e]*( [0-9.]+)?$") bad("sample")
	at = match($0, /[{ ]/)
	if (substr($0, 1, at - 1) != family) bad("family")
	series = $0
	sub(/ [^ ]*$/, "", series)
	if (sample[series]++) bad("sample twice")
}
END { if (!ended) { print "no # EOF"; failed = 1 } exit failed }
