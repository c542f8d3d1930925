# SPDX-License-Identifier: GPL-2.0
# What each variant adds, in percent of the reference, one group per workload.
#	gnuplot -c effect.gp DATA OUT.svg TITLE COLUMNS
# DATA: a head with the variants' names, then rows: "workload" percent percent...
set terminal svg size 900, 340 dynamic noenhanced font "sans-serif,12" background rgb "white"
set output ARG2
set title ARG3 noenhanced
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.85 noborder
set boxwidth 0.9
set border 2 lw 0.6
set grid ytics lw 0.4
set xtics rotate by -35 nomirror scale 0
# Room for the last workload's name, which is written to the right of its group.
set rmargin 8
set ytics nomirror
set ylabel "% of the reference"
set key tmargin center horizontal maxcols 3 noenhanced
set xzeroaxis lt -1 lw 0.8
# The first is the reference's, in pictures that have it.
array colour[6] = ["#8a939e", "#2f7fc1", "#cf6a32", "#3d9552", "#9a5cab", "#a98500"]
plot for [i = 2 : int(ARG4) + 1] ARG1 using i : xtic(1) title columnheader(i) \
	linecolor rgb colour[1 + (i - 1) % 6]
