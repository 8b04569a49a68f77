/** Lines of a `root.d` script that put programs of this machine into an image, with the libraries they load. */
export function copyPrograms(...names) {
  return `for name in ${names.join(" ")}; do
  program=$(readlink -f $(type -P $name))
  cp $program $TARGET_ROOT/bin/$name
  for library in $(ldd $program | grep -o '/[^ ]*'); do
    mkdir -p $TARGET_ROOT$(dirname $library)
    cp -Lu $library $TARGET_ROOT$library
  done
done
`;
}
