// Where a key leads among items in rows of so many columns: the number of an item, or nothing if it is no key for that. In a
// single column the ends meet, as in a menu.

export const step = (key, index, count, columns, direction) => {
  const ahead = direction == "rtl" ? -1 : 1;
  const by = { ArrowRight: ahead, ArrowLeft: -ahead, ArrowDown: columns, ArrowUp: -columns }[key];
  if (!by) return null;
  if (columns == 1) return (index + by + count) % count;
  const next = index + by;
  return next < 0 || next >= count ? index : next;
};
