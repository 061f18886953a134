throw new Error('planted load failure');
