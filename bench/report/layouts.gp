# SPDX-License-Identifier: GPL-2.0
# What each variant adds in cycles per fault: one dot per link layout, so that what
# differs by address alone is seen, and the estimate with its 95 % interval.
#	gnuplot -c layouts.gp DATA OUT.svg TITLE VARIANTS
# DATA: blocks apart by two blank lines, each a name, then rows: place difference;
# then as many blocks again: a name, place difference low high
set terminal svg size 900, 300 dynamic noenhanced font "sans-serif,12" background rgb "white"
set output ARG2
set title ARG3 noenhanced
set border 2 lw 0.6
set grid ytics lw 0.4
set xrange [-0.6 : int(ARG4) - 0.4]
set yrange [* < 0 : 0 < *]
set xzeroaxis lt -1 lw 0.8
unset xtics
set ytics nomirror
set ylabel "TSC cycles more per fault"
set key tmargin center horizontal maxcols 3 noenhanced
array colour[6] = ["#8a939e", "#2f7fc1", "#cf6a32", "#3d9552", "#9a5cab", "#a98500"]
plot for [i = 0 : int(ARG4) - 1] ARG1 index i using 1 : 2 with points \
	pointtype 7 pointsize 0.4 linecolor rgb colour[1 + (i + 1) % 6] title columnheader(1), \
	for [i = 0 : int(ARG4) - 1] ARG1 index int(ARG4) + i using 1 : 2 : 3 : 4 with yerrorbars \
	pointtype 1 pointsize 1.2 linewidth 2 linecolor rgb "black" notitle
