# SPDX-License-Identifier: GPL-2.0
# How often a fault costs more than so much: the whole distribution, both ends
# of it visible. A line a variant, both boots of it where they are equal.
#	gnuplot -c distribution.gp DATA OUT.svg TITLE VARIANTS
# DATA: blocks apart by two blank lines, each a name, then rows: figure share
set terminal svg size 900, 300 dynamic noenhanced font "sans-serif,12" background rgb "white"
set output ARG2
set title ARG3 noenhanced
set border 3 lw 0.6
set grid lw 0.4
set xtics nomirror
set ytics nomirror
set logscale y
set format y "%g"
set ylabel "share of faults"
set xlabel "instructions, or more"
set key outside bottom center horizontal maxcols 3 noenhanced
array colour[6] = ["#8a939e", "#2f7fc1", "#cf6a32", "#3d9552", "#9a5cab", "#a98500"]
plot for [i = 0 : int(ARG4) - 1] ARG1 index i using 1 : 2 with steps \
	linewidth 1.6 dashtype 1 + i linecolor rgb colour[1 + i % 6] title columnheader(1)
