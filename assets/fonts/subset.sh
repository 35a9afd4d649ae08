#!/bin/sh
# Makes the two embedded fonts from Debian's fonts-noto-core (needs fonttools).
# Run by hand when the ranges change; the result is committed.
set -e
cd "$(dirname "$0")"
for w in Regular Bold; do
	pyftsubset "/usr/share/fonts/truetype/noto/NotoSans-$w.ttf" \
		--unicodes='U+0020-024F,U+0259,U+02B0-02DD,U+0300-036F,U+0370-03FF,U+0400-052F,U+1D00-1D7F,U+1E00-1EFF,U+2000-206F,U+2070-209F,U+20A0-20BF,U+2100-214F,U+2150-218F,U+FB00-FB04,U+FFFD' \
		--layout-features='' --no-hinting --name-IDs='*' --notdef-outline \
		--drop-tables+=GSUB,GPOS,GDEF,STAT,kern --output-file="NotoSans-$w.ttf"
done
