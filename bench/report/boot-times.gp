# SPDX-License-Identifier: GPL-2.0
# Whole boots by the wall clock, a dot a round: variants side by side, a group a
# workload.
#	gnuplot -c boot-times.gp DATA OUT.svg TITLE VARIANTS
# DATA: blocks apart by two blank lines: first rows place "workload", then a
# variant each, its name and rows place seconds
set terminal svg size 900, 340 dynamic noenhanced font "sans-serif,12" background rgb "white"
set output ARG2
set title ARG3 noenhanced
set border 2 lw 0.6
set grid ytics lw 0.4
set xrange [-0.6 : *]
set offsets 0, 0.6, 0.05, 0.05
set xtics nomirror scale 0
set ytics nomirror
set ylabel "seconds"
set key tmargin center horizontal maxcols 3 noenhanced
array colour[6] = ["#8a939e", "#2f7fc1", "#cf6a32", "#3d9552", "#9a5cab", "#a98500"]
plot ARG1 index 0 using 1 : (NaN) : xtic(2) notitle with points, \
	for [i = 1 : int(ARG4)] ARG1 index i using 1 : 2 with points \
	pointtype 7 pointsize 0.5 linecolor rgb colour[1 + (i - 1) % 6] title columnheader(1)
