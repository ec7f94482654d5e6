<?php
// Prints the id of each line, read as objects and as arrays: some names are valid for a property but not as
// an array key.
foreach (file($argv[1]) as $line) {
    $event = json_decode($line, false, 512, JSON_THROW_ON_ERROR);
    $again = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
    if ($event->id !== $again['id']) exit(1);
    json_encode($again, JSON_THROW_ON_ERROR);
    echo $event->id, "\n";
}
