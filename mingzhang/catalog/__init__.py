"""What the county knows of programmes, registers, file layouts, places, offices and words. No data of any delivery."""
