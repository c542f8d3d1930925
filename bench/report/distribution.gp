# SPDX-License-Identifier: GPL-2.0
# What each variant adds, fault by fault in order of cost: where the bulk of the
# faults and the expensive ones differ.
#	gnuplot -c distribution.gp DATA OUT.svg TITLE VARIANTS
# DATA: blocks apart by two blank lines, each a name, then rows: percent difference
set terminal svg size 900, 300 dynamic noenhanced font "sans-serif,12" background rgb "white"
set output ARG2
set title ARG3 noenhanced
set border 2 lw 0.6
set grid ytics lw 0.4
set xtics nomirror
set ytics nomirror
set xrange [0 : 100]
set yrange [* < 0 : 0 < *]
set offsets 0, 0, graph 0.06, graph 0.06
set xzeroaxis lt -1 lw 0.8
set ylabel "instructions more per fault"
set xlabel "% of the faults, from least to most expensive; what fewer than 0.2 % have is left out"
set key tmargin center horizontal maxcols 3 noenhanced
array colour[6] = ["#8a939e", "#2f7fc1", "#cf6a32", "#3d9552", "#9a5cab", "#a98500"]
plot for [i = 0 : int(ARG4) - 1] ARG1 index i using 1 : 2 with lines \
	linewidth 1.8 dashtype 1 + i linecolor rgb colour[1 + (i + 1) % 6] title columnheader(1)
